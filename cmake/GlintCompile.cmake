# Compiler settings shared by every target below the top level.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
# Optimised, with symbols and with assertions: CMake's own default would define NDEBUG.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g")
if(GLINT_SANITIZE)
  set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1")  # instrumented code compiles slowly
endif()

find_program(GLINT_CCACHE ccache)
mark_as_advanced(GLINT_CCACHE)
if(GLINT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Presets with the same flags share results, although they build in different folders, and so do
  # copies of the tree (tools/mutants): paths below the tree's root count from the build folder.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_NOHASHDIR=1
      "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" "${GLINT_CCACHE}")
endif()

# Multiplications and additions stay separate: on processors with a fused multiply-add the compiler
# would otherwise merge them, and float results would differ from one machine to the next.
add_compile_options(-ffp-contract=off)
# -Wconversion asks for narrowing. Clang adds changes of sign to it, GCC does not: left out in both.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion)
# GCC 12 warns wrongly of overlaps inside std::string (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  add_compile_options(-Wno-restrict)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 and 13 see uninitialised members in every moved std::variant (GCC bug 105562 and kin).
  add_compile_options(-Wno-maybe-uninitialized)
endif()
if(GLINT_WERROR)
  add_compile_options(-Werror)
endif()

if(GLINT_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "GLINT_FUZZ needs Clang (libFuzzer); the compiler is "
                        "${CMAKE_CXX_COMPILER_ID}. tools/setup --fuzz installs one.")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(GLINT_SANITIZE)
  add_compile_options(-fsanitize=${GLINT_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${GLINT_SANITIZE})
endif()

# Adds a folder by its path from the root.
function(glint_folder dir)
  add_subdirectory("${PROJECT_SOURCE_DIR}/${dir}")
endfunction()
