/// Lifetime and bookkeeping of GPU objects, on tables without a driver.
#include <optional>
#include <thread>

#include <doctest/doctest.h>

#include "gpu/context/recorder.h"
#include "gpu/fence.h"
#include "gpu/framebuffer.h"
#include "gpu/fullscreen.h"
#include "gpu/pixel_transfer.h"
#include "gpu/program_build.h"
#include "gpu/readback.h"
#include "gpu/self_test.h"

namespace glint::gpu {
namespace {

std::unique_ptr<Context> makeContext(const Functions& functions, ContextOptions options = {}) {
  auto context = Context::create(functions, std::move(options));
  REQUIRE(context.ok());
  return std::move(context).value();
}

Texture makeTexture(Context& context, int side = 4) {
  auto texture = Texture::create(context, TexelFormat::Rgba8, side, side);
  REQUIRE(texture.ok());
  return std::move(texture).value();
}

TEST_CASE("handles are small") { CHECK(sizeof(Handle<ObjectKind::Texture>) == 16); }

TEST_CASE("the fixed state is set once") {
  Recorder recorder(nullFunctions(3));
  const auto context = makeContext(recorder.functions());
  CHECK(recorder.count("glDisable") >= 2);
  CHECK(recorder.count("glPixelStorei") == 2);
  CHECK(recorder.count("glFinish") == 0);
}

TEST_CASE("every object counts and the count returns to zero") {
  for (int esMajor : {2, 3}) {
    CAPTURE(esMajor);
    const auto context = makeContext(nullFunctions(esMajor));
    {
      const Texture texture = makeTexture(*context);
      auto framebuffer = Framebuffer::create(*context, texture);
      REQUIRE(framebuffer.ok());
      auto program = Program::create(*context, "v", "f", "p");
      REQUIRE(program.ok());
      auto fullscreen = Fullscreen::create(*context);
      REQUIRE(fullscreen.ok());
      CHECK(context->liveObjects() == (esMajor == 3 ? 3 : 4));
      Readback readback(*context);
      REQUIRE(readback.start(*framebuffer, 0, {0, 0, 4, 4}).ok());
      CHECK(readback.ready());
      std::vector<std::byte> out(readback.bytes());
      CHECK(readback.finish(out).ok());
      fullscreen->draw({0, 0, 4, 4});
    }
    CHECK(context->liveObjects() == 0);
    CHECK(context->counters().draws == 1);
    CHECK(context->counters().programsCompiled == 1);
    CHECK(context->counters().bytesRead == 64);
  }
}

TEST_CASE("moved-from objects are empty and harmless") {
  Recorder recorder(nullFunctions(3));
  const auto context = makeContext(recorder.functions());
  {
    Texture first = makeTexture(*context);
    const GLuint name = first.name();
    Texture second = std::move(first);
    CHECK(!first);
    CHECK(second.name() == name);
    first = makeTexture(*context);
    second = std::move(first);
    CHECK(recorder.count("glDeleteTextures") == 1);
    Texture& self = second;
    second = std::move(self);
    CHECK(second);
    auto fence = Fence::create(*context);
    REQUIRE(fence.ok());
    const Fence moved = std::move(*fence);
    CHECK(!*fence);
    CHECK(fence->signaled());
    CHECK(moved.wait(0).ok());
  }
  CHECK(context->liveObjects() == 0);
  CHECK(recorder.count("glDeleteTextures") == 2);
  CHECK(recorder.count("glDeleteSync") == 1);
}

TEST_CASE("names freed on another thread wait for the GL thread") {
  Recorder recorder(nullFunctions(3));
  const auto context = makeContext(recorder.functions());
  auto texture = std::make_unique<Texture>(makeTexture(*context));
  std::thread([&] { texture.reset(); }).join();
  CHECK(recorder.count("glDeleteTextures") == 0);
  CHECK(context->liveObjects() == 1);
  auto fullscreen = Fullscreen::create(*context);
  REQUIRE(fullscreen.ok());
  fullscreen->draw({0, 0, 1, 1});
  CHECK(recorder.count("glDeleteTextures") == 1);
  CHECK(context->liveObjects() == 0);
}

TEST_CASE("many threads may free objects at once") {
  const auto context = makeContext(nullFunctions(3));
  std::vector<std::vector<Texture>> shares(4);
  for (auto& share : shares) {
    for (int i = 0; i < 50; ++i) share.push_back(makeTexture(*context));
  }
  std::vector<std::thread> threads;
  for (auto& share : shares) threads.emplace_back([&share] { share.clear(); });
  for (int i = 0; i < 20; ++i) context->collect();
  for (std::thread& thread : threads) thread.join();
  context->collect();
  CHECK(context->liveObjects() == 0);
}

TEST_CASE("a lost context deletes nothing and refuses new objects") {
  Recorder recorder(nullFunctions(3));
  const auto context = makeContext(recorder.functions());
  {
    auto texture = std::make_unique<Texture>(makeTexture(*context));
    auto other = std::make_unique<Texture>(makeTexture(*context));
    std::thread([&] { other.reset(); }).join();
    context->markLost();
    const auto refused = Texture::create(*context, TexelFormat::Rgba8, 1, 1);
    REQUIRE(!refused.ok());
    CHECK(refused.error().message.find("lost") != std::string::npos);
    CHECK(!texture->upload(std::vector<std::byte>(64)).ok());
    CHECK(!Program::create(*context, "v", "f", "p").ok());
  }
  CHECK(recorder.count("glDeleteTextures") == 0);
  CHECK(context->liveObjects() == 0);
}

TEST_CASE("a reset that the driver reports loses the context") {
  Functions gl = nullFunctions(3);
  gl.getError = [] { return GLenum{GL_CONTEXT_LOST}; };
  const auto refused = Context::create(gl);
  REQUIRE(!refused.ok());
  CHECK(refused.error().message.find("GL_CONTEXT_LOST") != std::string::npos);
}

TEST_CASE("bindings are not repeated, except for a name that came back") {
  static GLuint nextName = 0;
  Functions gl = nullFunctions(3);
  gl.genTextures = [](GLsizei, GLuint* name) { *name = nextName; };
  Recorder recorder(gl);
  const auto context = makeContext(recorder.functions());
  nextName = 7;
  std::optional<Texture> texture = makeTexture(*context);
  recorder.clear();
  texture->bind(2);
  texture->bind(2);
  CHECK(recorder.count("glBindTexture") == 1);
  texture.reset();
  texture = makeTexture(*context);
  recorder.clear();
  texture->bind(2);
  CHECK(recorder.count("glBindTexture") == 1);
}

TEST_CASE("an upload leaves the bound units alone") {
  Recorder recorder(nullFunctions(3));
  const auto context = makeContext(recorder.functions());
  const Texture bound = makeTexture(*context);
  Texture uploaded = makeTexture(*context);
  bound.bind(0);
  CHECK(context->scratchUnit() >= context->capabilities().fragmentTextureUnits);
  CHECK(uploaded.upload(std::vector<std::byte>(64)).ok());
  recorder.clear();
  bound.bind(0);
  CHECK(recorder.calls().empty());
}

TEST_CASE("sizes and formats are checked with the limit named") {
  const auto context = makeContext(nullFunctions(2));
  auto texture = Texture::create(*context, TexelFormat::Rgba8, 65, 1);
  REQUIRE(!texture.ok());
  CHECK(texture.error().code == Errc::Value);
  CHECK(texture.error().message.find("maxTextureSize 64") != std::string::npos);
  CHECK(!Texture::create(*context, TexelFormat::Rgba8, 0, 1).ok());
  texture = Texture::create(*context, TexelFormat::Rgba32i, 4, 4);
  REQUIRE(!texture.ok());
  CHECK(texture.error().code == Errc::Unsupported);

  Texture small = makeTexture(*context);
  CHECK(!small.upload({1, 0, 4, 4}, std::vector<std::byte>(64)).ok());
  CHECK(!small.upload(std::vector<std::byte>(63)).ok());
  const Texture* const two[] = {&small, &small};
  const auto framebuffer = Framebuffer::create(*context, two);
  REQUIRE(!framebuffer.ok());
  CHECK(framebuffer.error().message.find("maxDrawBuffers 1") != std::string::npos);
}

TEST_CASE("rectangles at the edges") {
  CHECK(fitsIn({0, 0, 4, 4}, 4, 4));
  CHECK(fitsIn({3, 3, 1, 1}, 4, 4));
  CHECK(!fitsIn({4, 0, 1, 1}, 4, 4));
  CHECK(!fitsIn({-1, 0, 2, 2}, 4, 4));
  CHECK(!fitsIn({0, 0, 0, 1}, 4, 4));
  CHECK(!fitsIn({2147483647, 0, 2147483647, 1}, 4, 4));
}

TEST_CASE("readbacks are used in order") {
  const auto context = makeContext(nullFunctions(3));
  const Texture texture = makeTexture(*context);
  auto framebuffer = Framebuffer::create(*context, texture);
  REQUIRE(framebuffer.ok());
  Readback readback(*context);
  std::vector<std::byte> out(64);
  CHECK(!readback.finish(out).ok());
  CHECK(!readback.start(*framebuffer, 1, {0, 0, 4, 4}).ok());
  CHECK(!readback.start(*framebuffer, 0, {0, 0, 5, 4}).ok());
  REQUIRE(readback.start(*framebuffer, 0, {0, 0, 4, 4}).ok());
  CHECK(!readback.start(*framebuffer, 0, {0, 0, 4, 4}).ok());
  CHECK(!readback.finish(std::span(out).first(4)).ok());
  CHECK(!readback.pending());
  REQUIRE(readback.start(*framebuffer, 0, {0, 0, 4, 4}).ok());
  CHECK(readback.finish(out).ok());
}

TEST_CASE("the error of a shader holds the first lines of a long log") {
  static std::string log;
  Functions gl = nullFunctions(3);
  gl.getProgramiv = [](GLuint, GLenum, GLint* value) { *value = 0; };
  gl.getShaderiv = [](GLuint, GLenum name, GLint* value) {
    *value = name == GL_INFO_LOG_LENGTH ? static_cast<GLint>(log.size()) : 0;
  };
  gl.getShaderInfoLog = [](GLuint, GLsizei, GLsizei* written, GLchar* text) {
    *written = static_cast<GLsizei>(log.copy(text, log.size()));
  };
  const auto context = makeContext(gl);
  for (int lines : {1, 6, 7, 5000}) {
    log.clear();
    for (int i = 1; i <= lines; ++i) log += "line " + std::to_string(i) + "\n";
    const auto made = Program::create(*context, "", "", "conv1");
    REQUIRE(!made.ok());
    const std::string& message = made.error().message;
    CHECK(message.find("line 1") != std::string::npos);
    CHECK((message.find("line 6") != std::string::npos) == (lines >= 6));
    CHECK(message.find("line 7") == std::string::npos);
    const std::string rest = "... and " + std::to_string(lines - 6) + " lines more";
    CHECK((message.find(rest) != std::string::npos) == (lines > 6));
  }
}

TEST_CASE("bytes are read as bytes where offered, but not from SwiftShader 4") {
  static PFNGLGETINTEGERVPROC nullIntegers = nullptr;
  static const char* version = nullptr;
  Functions gl = nullFunctions(3);
  nullIntegers = gl.getIntegerv;
  gl.getString = [](GLenum) { return reinterpret_cast<const GLubyte*>(version); };
  gl.getIntegerv = [](GLenum name, GLint* value) {
    nullIntegers(name, value);
    if (name == GL_IMPLEMENTATION_COLOR_READ_FORMAT) *value = GL_RGBA_INTEGER;
    if (name == GL_IMPLEMENTATION_COLOR_READ_TYPE) *value = GL_UNSIGNED_BYTE;
  };
  const auto typeOf = [&](ContextOptions options) {
    return pixelTransfer(*makeContext(gl, std::move(options)), TexelFormat::Rgba8ui).type;
  };
  version = "OpenGL ES 3.0 another driver";
  CHECK(typeOf({}) == GL_UNSIGNED_BYTE);
  version = "OpenGL ES 3.0 SwiftShader 4.1.0.7";
  CHECK(typeOf({}) == GL_UNSIGNED_INT);
  ContextOptions options;
  options.disabledWorkarounds = {std::string(kWideReadOnSwiftShader)};
  CHECK(typeOf(std::move(options)) == GL_UNSIGNED_BYTE);
}

TEST_CASE("the self-test refuses a driver that computes nothing") {
  const auto context = makeContext(nullFunctions(3));
  const auto report = runSelfTest(*context);
  REQUIRE(report.ok());
  CHECK(!report->passed());
  CHECK(report->firstFailure().find("codes: texel") == 0);
  CHECK(!SelfTestReport{}.passed());
}

TEST_CASE("messages reach the sink") {
  std::string last;
  ContextOptions options;
  options.debug = true;
  options.log = [&](LogLevel, std::string_view message) { last = message; };
  const auto context = makeContext(nullFunctions(3), options);
  CHECK(last.find("GL_KHR_debug") != std::string::npos);
}

}  // namespace
}  // namespace glint::gpu
