#include "gpu/context/capabilities.h"

#include <doctest/doctest.h>

#include "gpu/context/context.h"

namespace glint::gpu {
namespace {

Capabilities capabilities(int esMajor) {
  auto result = query(nullFunctions(esMajor));
  REQUIRE(result.ok());
  return std::move(result).value();
}

TEST_CASE("the minimal driver of each version") {
  const Capabilities es3 = capabilities(3);
  CHECK(es3.esMajor == 3);
  CHECK(es3.renderer == "null");
  CHECK(es3.maxDrawBuffers == 4);
  CHECK(es3.maxTextureSize == 2048);
  CHECK(es3.highpFloatBits == 23);
  CHECK(es3.highpIntBits == 31);
  CHECK(es3.integerTextures);
  CHECK(!es3.programBinary);
  const Capabilities es2 = capabilities(2);
  CHECK(es2.esMajor == 2);
  CHECK(es2.maxDrawBuffers == 1);
  CHECK(es2.arrayLayers == 0);
  CHECK(!es2.integerTextures);
  CHECK(!es2.fence);
}

TEST_CASE("limits lower and never raise") {
  CapabilityLimits limits;
  limits.maxDrawBuffers = 2;
  limits.maxTextureSize = 1 << 20;
  limits.integerTextures = true;
  const Capabilities es3 = lowerTo(capabilities(3), limits);
  CHECK(es3.maxDrawBuffers == 2);
  CHECK(es3.maxTextureSize == 2048);
  CHECK(es3.esMajor == 3);
  CHECK(!lowerTo(capabilities(2), limits).integerTextures);
  CHECK(lowerTo(capabilities(2), limits).maxDrawBuffers == 1);
}

TEST_CASE("ES 2 takes away what ES 3 brought") {
  CapabilityLimits limits;
  limits.esMajor = 2;
  const Capabilities es2 = lowerTo(capabilities(3), limits);
  CHECK(es2.esMajor == 2);
  CHECK(es2.maxDrawBuffers == 1);
  CHECK(es2.uniformBlocks == 0);
  CHECK(es2.uniformBlockBytes == 0);
  CHECK(es2.arrayLayers == 0);
  CHECK(!es2.integerTextures);
  CHECK(!es2.pixelPackBuffer);
  CHECK(!es2.fence);
  CHECK(es2.maxTextureSize == 2048);
}

TEST_CASE("a context held to ES 2 has no ES 3 function") {
  ContextOptions options;
  options.limits.esMajor = 2;
  auto context = Context::create(nullFunctions(3), options);
  REQUIRE(context.ok());
  CHECK(!(*context)->es3());
  CHECK(!(*context)->gl().texStorage2D);
}

TEST_CASE("limits that mean nothing are refused") {
  ContextOptions options;
  options.limits.esMajor = 4;
  auto context = Context::create(nullFunctions(3), options);
  REQUIRE(!context.ok());
  CHECK(context.error().code == Errc::Value);
  options.limits = {};
  options.limits.maxDrawBuffers = 0;
  context = Context::create(nullFunctions(3), options);
  REQUIRE(!context.ok());
  CHECK(context.error().message.find("draw buffers") != std::string::npos);
}

TEST_CASE("drivers that are not OpenGL ES 2 or later are refused") {
  Functions gl = nullFunctions(3);
  gl.getString = [](GLenum) { return reinterpret_cast<const GLubyte*>("4.6 (Core Profile)"); };
  auto caps = query(gl);
  REQUIRE(!caps.ok());
  CHECK(caps.error().message.find("4.6 (Core Profile)") != std::string::npos);
  gl.getString = [](GLenum) -> const GLubyte* { return nullptr; };
  caps = query(gl);
  REQUIRE(!caps.ok());
  CHECK(caps.error().message.find("current") != std::string::npos);
  gl = nullFunctions(3);
  gl.fenceSync = nullptr;
  CHECK(!query(gl).ok());
}

TEST_CASE("extensions are found by whole names") {
  Functions gl = nullFunctions(2);
  gl.getString = [](GLenum name) {
    return reinterpret_cast<const GLubyte*>(name == GL_EXTENSIONS
                                                ? "GL_OES_b  GL_OES_get_program_binary GL_OES_a "
                                                : "OpenGL ES 2.0 test");
  };
  gl.getIntegerv = [](GLenum, GLint* value) { *value = 1; };
  const auto caps = query(gl);
  REQUIRE(caps.ok());
  CHECK(caps->extensions.size() == 3);
  CHECK(caps->has("GL_OES_a"));
  CHECK(!caps->has("GL_OES_get"));
  CHECK(caps->programBinary);
}

TEST_CASE("workarounds apply by driver and can be switched off by name") {
  Capabilities caps = capabilities(3);
  CHECK(activeWorkarounds(caps, {}).empty());
  caps.renderer = "llvmpipe (LLVM 15.0.6, 256 bits)";
  caps.timerQuery = true;
  const auto active = activeWorkarounds(caps, {});
  REQUIRE(active.size() == 1);
  CHECK(active[0] == kNoTimerOnLlvmpipe);
  const std::string disabled[] = {std::string(kNoTimerOnLlvmpipe)};
  CHECK(activeWorkarounds(caps, disabled).empty());
  applyWorkarounds(active, caps);
  CHECK(!caps.timerQuery);
  caps.timerQuery = true;
  caps.renderer = "zink (llvmpipe (LLVM 15.0.6, 256 bits))";
  CHECK(activeWorkarounds(caps, {}).empty());
  caps.version = "OpenGL ES 3.1 (ANGLE 2.1.27278), SwiftShader driver-5.0.0";
  CHECK(activeWorkarounds(caps, {}).empty());
  caps.version = "OpenGL ES 3.0 SwiftShader 4.1.0.7";
  REQUIRE(activeWorkarounds(caps, {}).size() == 1);
  CHECK(activeWorkarounds(caps, {})[0] == kWideReadOnSwiftShader);
  for (const Workaround& workaround : knownWorkarounds()) {
    CHECK(!workaround.symptom.empty());
    CHECK(!workaround.device.empty());
    CHECK(!workaround.test.empty());
  }
}

}  // namespace
}  // namespace glint::gpu
