find_package(MPI REQUIRED COMPONENTS C)
find_package(Kokkos REQUIRED)
set(HDF5_PREFER_PARALLEL TRUE)
find_package(HDF5 REQUIRED COMPONENTS C HL)
if(NOT HDF5_IS_PARALLEL)
  message(FATAL_ERROR "The HDF5 that was found (${HDF5_C_INCLUDE_DIRS}) has no MPI support; install libhdf5-openmpi-dev or load a parallel hdf5 module, or point HDF5_ROOT at one")
endif()
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(LibArchive REQUIRED)
find_package(simdjson REQUIRED)

add_library(bellshard_hdf5 INTERFACE)
set_property(GLOBAL APPEND PROPERTY BELLSHARD_THIRD_PARTY_TARGETS bellshard_hdf5)
target_include_directories(bellshard_hdf5 SYSTEM INTERFACE ${HDF5_C_INCLUDE_DIRS})
target_link_libraries(bellshard_hdf5 INTERFACE ${HDF5_C_HL_LIBRARIES} ${HDF5_HL_LIBRARIES} ${HDF5_C_LIBRARIES} MPI::MPI_C)

# Header-only libraries; each is seen by one file.
function(bellshard_header_library target header package)
  find_path(${target}_INCLUDE ${header})
  if(NOT ${target}_INCLUDE)
    message(FATAL_ERROR "${header} was not found; install ${package}")
  endif()
  add_library(${target} INTERFACE)
  target_include_directories(${target} SYSTEM INTERFACE ${${target}_INCLUDE})
  set_property(GLOBAL APPEND PROPERTY BELLSHARD_THIRD_PARTY_TARGETS ${target})
endfunction()
bellshard_header_library(bellshard_toml toml++/toml.h libtomlplusplus-dev)
bellshard_header_library(bellshard_cli11 CLI/CLI.hpp libcli11-dev)
bellshard_header_library(bellshard_json nlohmann/json.hpp nlohmann-json3-dev)
bellshard_header_library(bellshard_random123 Random123/philox.h librandom123-dev)
bellshard_header_library(bellshard_utf8proc utf8proc.h libutf8proc-dev)
target_link_libraries(bellshard_utf8proc INTERFACE utf8proc)
bellshard_header_library(bellshard_xxhash xxhash.h libxxhash-dev)
target_link_libraries(bellshard_xxhash INTERFACE xxhash)  # the library: inlined it draws warnings from GCC's own headers

target_compile_options(bellshard_options INTERFACE
  $<$<COMPILE_LANG_AND_ID:CXX,GNU,Clang,IntelLLVM>:-Wall -Wextra -ffp-contract=off -fno-math-errno -fno-trapping-math>)
if(Kokkos_ENABLE_CUDA)
  # nvcc_wrapper reports itself as GNU and hands unknown flags to nvcc's host compiler. fmt 9 takes constexpr
  # away under nvcc, but not from all of its functions; its checks of format strings are made at run time there.
  target_compile_definitions(bellshard_options INTERFACE FMT_USE_CONSTEXPR=1 FMT_CONSTEVAL=)
  target_compile_options(bellshard_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:--fmad=false>)
elseif(BELLSHARD_NATIVE)
  target_compile_options(bellshard_options INTERFACE
    $<$<COMPILE_LANG_AND_ID:CXX,GNU,Clang>:-march=native -mprefer-vector-width=512>)
endif()
# The C API of MPI alone: its C++ bindings are gone from the standard.
target_compile_definitions(bellshard_options INTERFACE OMPI_SKIP_MPICXX MPICH_SKIP_MPICXX $<$<CONFIG:Debug>:BELLSHARD_CONTRACTS>)
if(BELLSHARD_ASAN)
  target_compile_options(bellshard_options INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer)
  target_link_options(bellshard_options INTERFACE -fsanitize=address,undefined)
endif()
