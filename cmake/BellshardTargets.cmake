# Includes are written from the repository root, in the build as in an installation.
set(BELLSHARD_INCLUDES $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/generated>
  $<INSTALL_INTERFACE:include/bellshard>)

# bellshard_room(base SOURCES a.cpp b.cpp LINK fmt::fmt)
# One static library per room, named bellshard_<room>.
function(bellshard_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;LINK" ${ARGN})
  set(target bellshard_${name})
  if(ROOM_SOURCES)
    add_library(${target} STATIC ${ROOM_SOURCES})
    target_include_directories(${target} PUBLIC ${BELLSHARD_INCLUDES})
    target_link_libraries(${target} PUBLIC bellshard_options ${ROOM_LINK})
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
  bellshard_room(${name} ${ARGN})
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
  set_property(GLOBAL APPEND PROPERTY BELLSHARD_JOB_TARGETS ${target})
endfunction()
