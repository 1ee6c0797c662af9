/// Programs on a driver.
#include "gpu/program.h"

#include <filesystem>
#include <random>
#include <thread>

#include <doctest/doctest.h>

#include "gpu/framebuffer.h"
#include "gpu/program_build.h"
#include "gpu/program_cache.h"
#include "tests/gpu/gl_driver.h"

namespace glint::gpu {
namespace {

using test::must;
using test::openDriver;

constexpr const char* kEs3 =
    "#version 300 es\nprecision highp float;\nprecision highp int;\n"
    "layout(location = 0) out highp vec4 result;\n";

/// Draws one texel and gives its four codes.
std::vector<int> drawOne(Context& context, Program& program) {
  const Texture texture = must(Texture::create(context, TexelFormat::Rgba8, 1, 1));
  Framebuffer framebuffer = must(Framebuffer::create(context, texture));
  Fullscreen fullscreen = must(Fullscreen::create(context));
  framebuffer.bind();
  program.use();
  fullscreen.draw(framebuffer.extent());
  std::vector<int> codes;
  for (std::byte byte : must(framebuffer.readPixels())) codes.push_back(std::to_integer<int>(byte));
  return codes;
}

TEST_CASE("a shader that does not compile is an error with the driver's words") {
  const auto driver = openDriver(3);
  if (!driver) return;
  const auto vertex = fullscreenVertexShader(3);
  const auto made = Program::create(
      *driver.gpu, vertex, std::string(kEs3) + "void main() { result = vec4(nonsense); }", "conv1");
  REQUIRE(!made.ok());
  CHECK(made.error().code == Errc::Driver);
  CHECK(made.error().message.find("program 'conv1'") != std::string::npos);
  CHECK(made.error().message.find("fragment shader") != std::string::npos);
  CHECK(made.error().message.find("nonsense") != std::string::npos);
  const auto noVertex = Program::create(*driver.gpu, "#version 300 es\nvoid main() { x; }",
                                        std::string(kEs3) + "void main() {}", "conv2");
  REQUIRE(!noVertex.ok());
  CHECK(noVertex.error().message.find("vertex shader") != std::string::npos);
  const auto unlinked = Program::create(
      *driver.gpu, vertex, std::string(kEs3) + "in vec4 missing; void main() { result = missing; }",
      "conv3");
  REQUIRE(!unlinked.ok());
  CHECK(unlinked.error().message.find("does not link") != std::string::npos);
  CHECK(driver.gpu->liveObjects() == 0);
}

TEST_CASE("uniform arrays arrive whole") {
  const auto driver = openDriver(3);
  if (!driver) return;
  Program program = test::program(
      *driver.gpu,
      std::string(kEs3) +
          "uniform vec4 f[3]; uniform ivec4 i[2]; uniform ivec2 two; uniform int one;\n"
          "uniform float g[2]; uniform int h[2]; uniform vec2 k;\n"
          "void main() {\n"
          "  vec4 sum = f[0] + f[1] + f[2] + vec4(i[0] + i[1]);\n"
          "  sum += vec4(float(two.x), float(two.y), float(one), g[0] + g[1]);\n"
          "  sum += vec4(float(h[0] + h[1]), k, 0.);\n"
          "  result = (sum + .25) / 255.;\n"
          "}\n");
  const float floats[12] = {1, 2, 3, 4, 10, 20, 30, 40, 100, 100, 100, 100};
  const std::int32_t ints[8] = {1, 1, 1, 1, -2, 3, 4, 5};
  const float g[2] = {3, 4};
  const std::int32_t h[2] = {2, 3};
  program.setFloat4(program.location("f"), floats);
  program.setInt4(program.location("i"), ints);
  program.setInt2(program.location("two"), 1, 2);
  program.setInt(program.location("one"), 3);
  program.setFloats(program.location("g"), g);
  program.setInts(program.location("h"), h);
  program.setFloat2(program.location("k"), 1, 2);
  CHECK(program.location("absent") == -1);
  CHECK(program.location("f[0]") == program.location("f"));
  CHECK(drawOne(*driver.gpu, program) == std::vector<int>{116, 129, 143, 157});
  must(driver.gpu->check("the test"));
}

TEST_CASE("ES 2 draws with its vertex buffer") {
  const auto driver = openDriver(2);
  if (!driver) return;
  Program program = test::program(*driver.gpu,
                                  "#version 100\nprecision highp float;\nuniform vec4 f[2];\n"
                                  "void main() { gl_FragColor = (f[0] + f[1] + .25) / 255.; }\n");
  const float floats[8] = {1, 2, 3, 4, 10, 20, 30, 40};
  program.setFloat4(program.location("f"), floats);
  CHECK(drawOne(*driver.gpu, program) == std::vector<int>{11, 22, 33, 44});
  must(driver.gpu->check("the test"));
}

TEST_CASE("several programs may be under way") {
  const auto driver = openDriver(3);
  if (!driver) return;
  std::vector<ProgramBuild> builds;
  for (int i = 0; i < 3; ++i) {
    builds.push_back(ProgramBuild::start(
        *driver.gpu, fullscreenVertexShader(3),
        std::string(kEs3) + "void main() { result = vec4(" + std::to_string(i) + ".25 / 255.); }",
        "p" + std::to_string(i)));
  }
  for (int i = 0; i < 3; ++i) {
    while (!builds[static_cast<std::size_t>(i)].ready()) std::this_thread::yield();
    Program program = must(builds[static_cast<std::size_t>(i)].finish());
    CHECK(drawOne(*driver.gpu, program) == std::vector<int>(4, i));
  }
}

TEST_CASE("saved programs draw the same") {
  for (int esMajor : {2, 3}) {
    const auto driver = openDriver(esMajor);
    if (!driver) return;
    const bool saves = driver.gpu->capabilities().programBinary;
    const auto folder = std::filesystem::temp_directory_path() /
                        ("glint-programs-" + std::to_string(std::random_device{}()));
    const std::string fragment =
        esMajor == 3 ? std::string(kEs3) + "uniform float u; void main() { result = vec4(u); }"
                     : "#version 100\nprecision highp float;\nuniform float u;\n"
                       "void main() { gl_FragColor = vec4(u); }";
    for (int run = 0; run < 2; ++run) {
      ProgramCache cache(*driver.gpu, folder.string(), "test");
      CHECK(cache.enabled() == saves);
      Program program = must(cache.get(fullscreenVertexShader(esMajor), fragment, "saved"));
      CHECK(cache.counters().hits == (saves ? run : 0));
      program.setFloat(program.location("u"), 7.25f / 255.f);
      CHECK(drawOne(*driver.gpu, program) == std::vector<int>(4, 7));
    }
    std::filesystem::remove_all(folder);
    if (!saves) {
      Program program =
          must(Program::create(*driver.gpu, fullscreenVertexShader(esMajor), fragment, "unsaved"));
      CHECK(program.binary().error().code == Errc::Unsupported);
    }
  }
}

TEST_CASE("a program compiled on a second thread draws in the first context") {
  const auto driver = openDriver(3);
  if (!driver) return;
  const auto shared = must(driver.egl->createShared());
  GLuint name = 0;
  std::string failure;
  std::thread([&] {
    const Status current = shared->makeCurrent();
    auto context = Context::create(shared->loader());
    if (!current || !context.ok()) {
      failure = "no second context";
      return;
    }
    auto made = Program::create(**context, fullscreenVertexShader(3),
                                std::string(kEs3) + "void main() { result = vec4(9.25 / 255.); }",
                                "behind");
    if (made.ok()) {
      name = made->release();
      (*context)->gl().flush();
    } else {
      failure = made.error().message;
    }
    context->reset();
    (void)shared->release();
  }).join();
  CHECK(failure.empty());
  REQUIRE(name != 0);
  Program program = Program::wrap(*driver.gpu, name, "behind");
  CHECK(drawOne(*driver.gpu, program) == std::vector<int>(4, 9));
}

}  // namespace
}  // namespace glint::gpu
