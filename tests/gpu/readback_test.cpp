#include "gpu/readback.h"

#include <doctest/doctest.h>

#include "tests/gpu/gl_driver.h"

namespace glint::gpu {
namespace {

using test::must;
using test::openDriver;
using test::pattern;

TEST_CASE("both ways of readback agree on both versions") {
  for (int esMajor : {2, 3}) {
    const auto driver = openDriver(esMajor);
    if (!driver) return;
    Context& context = *driver.gpu;
    std::vector<TexelFormat> formats = {TexelFormat::Rgba8};
    if (esMajor == 3) {
      formats.insert(formats.end(),
                     {TexelFormat::Rgba8ui, TexelFormat::Rgba16i, TexelFormat::Rgba32i});
    }
    Readback readback(context);
    for (TexelFormat format : formats) {
      CAPTURE(formatName(format));
      Texture texture = must(Texture::create(context, format, 33, 9));
      must(texture.upload(pattern(static_cast<std::size_t>(texture.bytes()))));
      Framebuffer framebuffer = must(Framebuffer::create(context, texture));
      for (const Rect& rect : {Rect{0, 0, 33, 9}, Rect{5, 2, 7, 3}}) {
        must(readback.start(framebuffer, 0, rect));
        std::vector<std::byte> later(readback.bytes());
        std::vector<std::byte> now(readback.bytes());
        must(framebuffer.readPixels(0, rect, now));
        must(readback.finish(later));
        CHECK(later == now);
      }
    }
    must(context.check("the test"));
  }
}

TEST_CASE("a target may be drawn to again while its old content travels") {
  const auto driver = openDriver(3);
  if (!driver) return;
  const Texture texture = must(Texture::create(*driver.gpu, TexelFormat::Rgba8, 64, 64));
  Framebuffer framebuffer = must(Framebuffer::create(*driver.gpu, texture));
  std::vector<Readback> frames;
  for (std::int32_t frame = 0; frame < 3; ++frame) {
    const TexelCodes codes[] = {{frame, frame, frame, frame}};
    must(framebuffer.clear(framebuffer.extent(), codes));
    frames.emplace_back(*driver.gpu);
    must(frames.back().start(framebuffer, 0, framebuffer.extent()));
  }
  for (std::size_t frame = 0; frame < frames.size(); ++frame) {
    while (!frames[frame].ready()) {
    }
    std::vector<std::byte> out(frames[frame].bytes());
    must(frames[frame].finish(out));
    CHECK(out == std::vector<std::byte>(out.size(), static_cast<std::byte>(frame)));
  }
}

TEST_CASE("fences are reached") {
  const auto driver = openDriver(3);
  if (!driver) return;
  const Fence fence = must(Fence::create(*driver.gpu));
  must(fence.wait(10'000'000'000u));
  CHECK(fence.signaled());
}

TEST_CASE("ES 2 has no fences") {
  const auto driver = openDriver(2);
  if (!driver) return;
  const auto fence = Fence::create(*driver.gpu);
  REQUIRE(!fence.ok());
  CHECK(fence.error().code == Errc::Unsupported);
}

}  // namespace
}  // namespace glint::gpu
