# Packages. None of them shows in a public header, so a program that uses glint needs none of the
# header-only ones.
#   nlohmann_json::nlohmann_json   core (JSON wrapper)
#   stb::stb                       apps, tests: <stb_image.h> and <stb/stb_image.h>
#   CLI11::CLI11                   apps/glint
#   doctest::doctest               tests, through glint_test()
#   Threads::Threads               gpu, nnets/runtime
# EGL and OpenGL ES are loaded at run time: only their headers are needed here.

find_package(nlohmann_json 3.9 REQUIRED)
find_package(Threads REQUIRED)

find_path(GLINT_STB_DIR stb_image.h PATH_SUFFIXES stb REQUIRED)
mark_as_advanced(GLINT_STB_DIR)
add_library(stb::stb INTERFACE IMPORTED GLOBAL)
target_include_directories(stb::stb SYSTEM INTERFACE "${GLINT_STB_DIR}")

if(GLINT_GPU)
  find_path(GLINT_EGL_DIR EGL/egl.h REQUIRED)
  find_path(GLINT_GLES_DIR GLES3/gl32.h REQUIRED)
  mark_as_advanced(GLINT_EGL_DIR GLINT_GLES_DIR)
endif()
if(GLINT_APPS)
  find_package(CLI11 REQUIRED)
endif()
if(GLINT_TESTS)
  find_package(doctest REQUIRED)
endif()
