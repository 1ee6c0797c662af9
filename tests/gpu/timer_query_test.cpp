#include "gpu/timer_query.h"

#include <chrono>

#include "gpu/framebuffer.h"
#include "tests/gpu/gl_driver.h"

namespace glint::test {
namespace {

using namespace gpu;

const std::string kBusy = R"(#version 300 es
precision highp float;
out vec4 o;
void main() {
  vec4 a = gl_FragCoord;
  for (int i = 0; i < 400; ++i) a = fract(a * 1.37 + a.yzwx);
  o = a;
}
)";

}  // namespace

TEST_CASE("a timer counts the work between begin and end") {
  const GlDriver driver = openDriver(3);
  if (!driver) return;
  if (!driver.gpu->capabilities().timerQuery) {
    skip("the driver has no timer that can be used");
    return;
  }
  Context& context = *driver.gpu;
  Program busy = program(context, kBusy);
  Fullscreen fullscreen = must(Fullscreen::create(context));
  const Texture target = must(Texture::create(context, TexelFormat::Rgba8, 512, 512));
  const Texture* targets[] = {&target};
  Framebuffer framebuffer = must(Framebuffer::create(context, targets));
  busy.use();
  framebuffer.bind();
  fullscreen.draw({0, 0, 1, 1});
  must(framebuffer.readPixels(0));
  TimerQuery small = must(TimerQuery::create(context)), large = must(TimerQuery::create(context));
  TimerQuery::disjoint(context);
  const auto begin = std::chrono::steady_clock::now();
  small.begin();
  fullscreen.draw({0, 0, 8, 8});
  small.end();
  large.begin();
  fullscreen.draw({0, 0, 512, 512});
  large.end();
  must(framebuffer.readPixels(0));
  const std::uint64_t few = small.nanoseconds(), many = large.nanoseconds();
  const std::chrono::duration<double, std::nano> passed = std::chrono::steady_clock::now() - begin;
  if (TimerQuery::disjoint(context)) {
    skip("the GPU's clock jumped");
    return;
  }
  CHECK(many > few);
  CHECK(static_cast<double>(few + many) < passed.count());
  must(context.check("timer queries"));
}

TEST_CASE("without a timer there is no query") {
  ContextOptions options;
  auto context = must(Context::create(nullFunctions(3), options));
  REQUIRE(!context->capabilities().timerQuery);
  const auto query = TimerQuery::create(*context);
  REQUIRE(!query.ok());
  CHECK(query.error().code == Errc::Unsupported);
}

}  // namespace glint::test
