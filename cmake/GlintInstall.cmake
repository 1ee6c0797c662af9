# Finishes the library targets and installs them.
#
# A folder only writes add_library(glint_<name> <sources>) and target_link_libraries(). From here
# each library gets its alias glint::<name>, the include path (the root of the tree), C++20 for its
# users, and its place in the package that find_package(glint) finds.

include(CMakePackageConfigHelpers)

set(GLINT_LIBRARIES core events shaders gpu events_gpu nnets runtime egl)
# Header-only and private: nothing of them is left in an installed library.
set(GLINT_PRIVATE_PACKAGES nlohmann_json::nlohmann_json stb::stb)

function(glint_finish_library name)
  set(target glint_${name})
  if(NOT TARGET glint::${name})
    add_library(glint::${name} ALIAS ${target})
  endif()
  get_target_property(type ${target} TYPE)
  set(kind PUBLIC)
  if(type STREQUAL "INTERFACE_LIBRARY")
    set(kind INTERFACE)
  endif()
  target_compile_features(${target} ${kind} cxx_std_20)
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})

  # Paths of this tree mean nothing once installed.
  set(dirs "")
  get_target_property(given ${target} INTERFACE_INCLUDE_DIRECTORIES)
  foreach(dir IN LISTS given)
    if(dir AND NOT dir MATCHES "^\\$<")
      set(dir "$<BUILD_INTERFACE:${dir}>")
    endif()
    if(dir)
      list(APPEND dirs "${dir}")
    endif()
  endforeach()
  set_property(TARGET ${target} PROPERTY INTERFACE_INCLUDE_DIRECTORIES ${dirs})
  target_include_directories(${target} ${kind}
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>"
    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/glint>")

  get_target_property(links ${target} INTERFACE_LINK_LIBRARIES)
  if(links)
    foreach(package IN LISTS GLINT_PRIVATE_PACKAGES)
      if("${package}" IN_LIST links)
        message(FATAL_ERROR "${target} links ${package} as PUBLIC; it must be PRIVATE")
      endif()
      list(REMOVE_ITEM links "$<LINK_ONLY:${package}>")
    endforeach()
    set_property(TARGET ${target} PROPERTY INTERFACE_LINK_LIBRARIES ${links})
  endif()
endfunction()

# Called once, when all libraries are known.
function(glint_install)
  set(targets "")
  foreach(name IN LISTS GLINT_LIBRARIES)
    if(TARGET glint_${name})
      glint_finish_library(${name})
      list(APPEND targets glint_${name})
    endif()
  endforeach()
  if(NOT targets)
    return()
  endif()

  set(package "${CMAKE_INSTALL_LIBDIR}/cmake/glint")
  install(TARGETS ${targets} EXPORT glint)
  install(EXPORT glint FILE glintTargets.cmake NAMESPACE glint:: DESTINATION "${package}")
  configure_package_config_file(cmake/glintConfig.cmake.in "${PROJECT_BINARY_DIR}/glintConfig.cmake"
    INSTALL_DESTINATION "${package}" NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
  write_basic_package_version_file("${PROJECT_BINARY_DIR}/glintConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion)
  install(FILES "${PROJECT_BINARY_DIR}/glintConfig.cmake"
                "${PROJECT_BINARY_DIR}/glintConfigVersion.cmake" DESTINATION "${package}")

  # Includes are written from the root of the tree ("nnets/graph/model.h") and stay so.
  set(folders core shaders nnets)
  set(without REGEX "/nnets/runtime$" EXCLUDE)
  if(GLINT_GPU)
    list(APPEND folders gpu platform/egl)
    set(without "")
  endif()
  foreach(folder IN LISTS folders)
    if(EXISTS "${PROJECT_SOURCE_DIR}/${folder}")
      install(DIRECTORY "${folder}/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/glint/${folder}"
              FILES_MATCHING PATTERN "*.h" PATTERN "*.def" ${without})
    endif()
  endforeach()
  if(TARGET glint_cli)
    install(TARGETS glint_cli RUNTIME)
  endif()
endfunction()
