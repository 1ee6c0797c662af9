#include "platform/egl/egl_library.h"

#include <cstdlib>

#include <doctest/doctest.h>

#include "platform/egl/egl_context.h"

namespace glint::egl {
namespace {

TEST_CASE("extensions are matched by whole names") {
  CHECK(hasExtension("EGL_A EGL_AB EGL_C", "EGL_A"));
  CHECK(hasExtension("EGL_AB EGL_A", "EGL_A"));
  CHECK(!hasExtension("EGL_AB EGL_C", "EGL_A"));
  CHECK(!hasExtension("XEGL_A", "EGL_A"));
  CHECK(!hasExtension("", "EGL_A"));
  CHECK(!hasExtension(nullptr, "EGL_A"));
  CHECK(!hasExtension("EGL_A", ""));
}

TEST_CASE("a missing libEGL is an error that says what to install") {
  const auto library = EglLibrary::open("/nowhere/libEGL.so.1");
  REQUIRE(!library.ok());
  CHECK(library.error().code == Errc::Driver);
  CHECK(library.error().message.find("/nowhere/libEGL.so.1") != std::string::npos);
  CHECK(library.error().message.find("Install") != std::string::npos);
  CHECK(library.error().message.find("GLINT_EGL_LIBRARY") != std::string::npos);
}

TEST_CASE("a library that is not EGL is refused") {
  const auto library = EglLibrary::open("libc.so.6");
  REQUIRE(!library.ok());
  CHECK(library.error().message.find("not an EGL library") != std::string::npos);
}

TEST_CASE("the environment names the library") {
  setenv("GLINT_EGL_LIBRARY", "/nowhere/else.so", 1);
  const auto context = EglContext::create();
  unsetenv("GLINT_EGL_LIBRARY");
  REQUIRE(!context.ok());
  CHECK(context.error().message.find("/nowhere/else.so") != std::string::npos);
}

TEST_CASE("only OpenGL ES 2 and 3 can be asked for") {
  EglContextOptions options;
  options.esMajor = 4;
  CHECK(!EglContext::create(options).ok());
}

}  // namespace
}  // namespace glint::egl
