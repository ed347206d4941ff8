# What `cmake --install` gives to a user's own program: the libraries, their headers and BellshardConfig.cmake.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(rooms GLOBAL PROPERTY BELLSHARD_ROOM_TARGETS)
get_property(jobs GLOBAL PROPERTY BELLSHARD_JOB_TARGETS)
get_property(third_party GLOBAL PROPERTY BELLSHARD_THIRD_PARTY_TARGETS)
install(TARGETS bellshard)
install(TARGETS ${rooms} ${jobs} bellshard_main bellshard_options ${third_party} EXPORT BellshardTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} OBJECTS DESTINATION ${CMAKE_INSTALL_LIBDIR}/bellshard)
install(EXPORT BellshardTargets NAMESPACE Bellshard:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Bellshard)

# Headers lie in the rooms' order, because includes are written from the root of the tree.
foreach(room src kernels io)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${room} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/bellshard FILES_MATCHING PATTERN "*.hpp")
endforeach()

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/BellshardConfig.cmake.in ${PROJECT_BINARY_DIR}/BellshardConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Bellshard)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/BellshardConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/BellshardConfig.cmake ${PROJECT_BINARY_DIR}/BellshardConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Bellshard)
