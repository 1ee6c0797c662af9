#include "gpu/context/functions.h"

#include <cstring>
#include <thread>

#include <doctest/doctest.h>

#include "gpu/context/recorder.h"

namespace glint::gpu {
namespace {

TEST_CASE("a loader without a function of ES 2 is refused by name") {
  static int function = 0;
  const auto loaded = loadFunctions([](const char* name) -> void* {
    return std::strcmp(name, "glReadPixels") == 0 ? nullptr : &function;
  });
  REQUIRE(!loaded.ok());
  CHECK(loaded.error().code == Errc::Driver);
  CHECK(loaded.error().message.find("glReadPixels") != std::string::npos);
  CHECK(!loadFunctions({}).ok());
}

TEST_CASE("a loader without ES 3 gives a table without it") {
  static int function = 0;
  const auto loaded = loadFunctions([](const char* name) -> void* {
    return std::strcmp(name, "glFenceSync") == 0 ? nullptr : &function;
  });
  REQUIRE(loaded.ok());
  CHECK(static_cast<bool>(loaded->drawArrays));
  CHECK(!loaded->fenceSync);
  CHECK(!hasEs3(*loaded));
}

TEST_CASE("the null table answers plausibly") {
  const Functions gl = nullFunctions(3);
  CHECK(hasEs3(gl));
  GLuint names[3] = {};
  gl.genTextures(3, names);
  CHECK(names[0] != 0);
  CHECK(names[1] != names[0]);
  GLint status = 0;
  gl.getShaderiv(gl.createShader(GL_FRAGMENT_SHADER), GL_COMPILE_STATUS, &status);
  CHECK(status == 1);
  CHECK(gl.checkFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE);
  CHECK(gl.getError() == GL_NO_ERROR);
}

TEST_CASE("the ES 2 view has no function of ES 3") {
  const Functions view = es2View(nullFunctions(3));
  CHECK(!view.texStorage2D);
  CHECK(!view.drawBuffers);
  CHECK(static_cast<bool>(view.texImage2D));
  CHECK(!hasEs3(view));
  CHECK(!hasEs3(nullFunctions(2)));
}

TEST_CASE("a recorder notes calls, passes them on and keeps empty entries empty") {
  Recorder recorder(nullFunctions(2));
  const Functions gl = recorder.functions();
  GLuint name = 0;
  gl.genTextures(1, &name);
  gl.bindTexture(GL_TEXTURE_2D, name);
  gl.bindTexture(GL_TEXTURE_2D, 0);
  CHECK(name != 0);
  CHECK(recorder.calls().size() == 3);
  CHECK(recorder.calls().front() == "glGenTextures");
  CHECK(recorder.count("glBindTexture") == 2);
  CHECK(!gl.texStorage2D);

  std::thread([&] { gl.bindTexture(GL_TEXTURE_2D, 0); }).join();
  CHECK(recorder.count("glBindTexture") == 2);
  recorder.clear();
  CHECK(recorder.calls().empty());
}

}  // namespace
}  // namespace glint::gpu
