#include "gpu/self_test.h"

#include <doctest/doctest.h>

#include "gpu/context/recorder.h"
#include "tests/gpu/gl_driver.h"

namespace glint::gpu {
namespace {

using test::must;
using test::openDriver;

TEST_CASE("this driver computes exactly") {
  for (int esMajor : {2, 3}) {
    const auto driver = openDriver(esMajor);
    if (!driver) return;
    const SelfTestReport report = must(runSelfTest(*driver.gpu));
    CHECK_MESSAGE(report.passed(), report.firstFailure());
    CHECK(report.checks.size() == (esMajor == 3 ? 5 : 2));
    CHECK(driver.gpu->liveObjects() == 0);
    must(driver.gpu->check("the self-test"));
  }
}

TEST_CASE("a run held to ES 2 calls no function of ES 3") {
  auto driver = openDriver(2);
  if (!driver) return;
  CHECK(!driver.gpu->es3());
  CHECK(!driver.gpu->gl().texStorage2D);
  driver.gpu.reset();
  Recorder recorder(must(loadFunctions(driver.egl->loader())));
  ContextOptions options;
  options.limits.esMajor = 2;
  const auto context = must(Context::create(recorder.functions(), options));
  CHECK(must(runSelfTest(*context)).passed());
  for (const char* name : {"glTexStorage2D", "glDrawBuffers", "glReadBuffer", "glClearBufferfv",
                           "glFenceSync", "glMapBufferRange", "glFinish"}) {
    CHECK(recorder.count(name) == 0);
  }
  CHECK(recorder.count("glTexImage2D") > 0);
}

TEST_CASE("one draw buffer is enough") {
  ContextOptions options;
  options.limits.maxDrawBuffers = 1;
  const auto driver = openDriver(3, options);
  if (!driver) return;
  const SelfTestReport report = must(runSelfTest(*driver.gpu));
  CHECK_MESSAGE(report.passed(), report.firstFailure());
  CHECK(report.checks.size() == 5);
}

TEST_CASE("a wrong store is found and described") {
  const auto driver = openDriver(3);
  if (!driver) return;
  static PFNGLREADPIXELSPROC realRead = nullptr;
  Functions gl = must(loadFunctions(driver.egl->loader()));
  realRead = gl.readPixels;
  gl.readPixels = [](GLint x, GLint y, GLsizei w, GLsizei h, GLenum format, GLenum type,
                     void* out) {
    realRead(x, y, w, h, format, type, out);
    if (format == GL_RGBA) static_cast<unsigned char*>(out)[4] ^= 1;
  };
  const auto context = must(Context::create(gl));
  const SelfTestReport report = must(runSelfTest(*context));
  CHECK(!report.passed());
  CHECK(report.firstFailure() == "codes: texel (1, 0) channel 0 is 0, expected 1");
}

}  // namespace
}  // namespace glint::gpu
