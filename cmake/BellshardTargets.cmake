# Includes are written from the repository root, in the build as in an installation.
set(BELLSHARD_INCLUDES $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/generated>
  $<INSTALL_INTERFACE:include/bellshard>)

# Headers that most files read, each a second or so to parse: once for files that know no Kokkos (base), once for those that do (runtime),
# once for tests. Only with BELLSHARD_PRECOMPILE: other builds tell whether each file includes what it uses.
set(BELLSHARD_PRECOMPILED_base <algorithm> <array> <cmath> <cstdint> <filesystem> <fmt/format.h> <fstream> <functional> <limits> <map>
  <memory> <numeric> <optional> <span> <string> <string_view> <utility> <vector>)
set(BELLSHARD_PRECOMPILED_runtime ${BELLSHARD_PRECOMPILED_base} <Kokkos_Core.hpp> <mpi.h>)
set(BELLSHARD_PRECOMPILED_test_main ${BELLSHARD_PRECOMPILED_runtime} <catch2/catch.hpp>)
function(bellshard_precompile target room)
  if(NOT BELLSHARD_PRECOMPILE OR Kokkos_ENABLE_CUDA)  # nvcc has several compilers read each file
    return()
  endif()
  if(target STREQUAL bellshard_${room})
    target_precompile_headers(${target} PRIVATE ${BELLSHARD_PRECOMPILED_${room}})
  else()
    target_precompile_headers(${target} REUSE_FROM bellshard_${room})
  endif()
  # GCC 12 warns of its own library where it took it from a precompiled header.
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-array-bounds -Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread>)
endfunction()

# bellshard_room(base SOURCES a.cpp b.cpp LINK fmt::fmt)
# One static library per room, named bellshard_<room>.
function(bellshard_room name)
  cmake_parse_arguments(ROOM "" "PRECOMPILED" "SOURCES;LINK" ${ARGN})
  set(target bellshard_${name})
  if(ROOM_SOURCES)
    add_library(${target} STATIC ${ROOM_SOURCES})
    target_include_directories(${target} PUBLIC ${BELLSHARD_INCLUDES})
    target_link_libraries(${target} PUBLIC bellshard_options ${ROOM_LINK})
    if(NOT ROOM_PRECOMPILED)
      set(ROOM_PRECOMPILED runtime)
    endif()
    bellshard_precompile(${target} ${ROOM_PRECOMPILED})
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${BELLSHARD_INCLUDES})
    target_link_libraries(${target} INTERFACE bellshard_options ${ROOM_LINK})
  endif()
  set_property(GLOBAL APPEND PROPERTY BELLSHARD_ROOM_TARGETS ${target})
endfunction()

# bellshard_host_room(config ...): the same for a room that knows no Kokkos. A CUDA build hands its files to the host compiler
# alone: nvcc cannot read all of their headers (toml++).
function(bellshard_host_room name)
  bellshard_room(${name} PRECOMPILED base ${ARGN})
  if(Kokkos_ENABLE_CUDA)
    target_compile_options(bellshard_${name} PRIVATE --host-only)
  endif()
endfunction()

# bellshard_job(value_iteration SOURCES job.cpp ...)
# An OBJECT library: a static one would drop the object that registers the job.
function(bellshard_job name)
  cmake_parse_arguments(JOB "" "" "SOURCES;LINK" ${ARGN})
  set(target bellshard_job_${name})
  add_library(${target} OBJECT ${JOB_SOURCES})
  target_link_libraries(${target} PUBLIC bellshard_mdp bellshard_corpus bellshard_allocation bellshard_network bellshard_dense ${JOB_LINK})
  bellshard_precompile(${target} runtime)
  set_property(GLOBAL APPEND PROPERTY BELLSHARD_JOB_TARGETS ${target})
endfunction()
