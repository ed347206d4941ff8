option(BELLSHARD_NATIVE "Tune for the machine that builds (packages: OFF)" ON)
option(BELLSHARD_TESTS "Build the tests" ON)
option(BELLSHARD_BENCH "Build the benchmarks" ON)
option(BELLSHARD_PRECOMPILE "Parse large headers once for many files (scripts/test: ON)" OFF)
option(BELLSHARD_ASAN "Address and undefined-behaviour sanitizers" OFF)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# What every translation unit is compiled with. No contraction of a*b+c into one rounding: the same
# bits come out of a vector body, its scalar remainder and a device.
add_library(bellshard_options INTERFACE)
