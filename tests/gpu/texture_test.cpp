/// Textures and framebuffers on a driver.
#include "gpu/texture.h"

#include <cstring>

#include <doctest/doctest.h>

#include "gpu/framebuffer.h"
#include "tests/gpu/gl_driver.h"

namespace glint::gpu {
namespace {

using test::must;
using test::openDriver;
using test::pattern;

std::vector<TexelFormat> formatsOf(const Context& context) {
  if (!context.capabilities().integerTextures) return {TexelFormat::Rgba8};
  return {TexelFormat::Rgba8, TexelFormat::Rgba8ui, TexelFormat::Rgba16i, TexelFormat::Rgba32i};
}

TEST_CASE("what is uploaded is read back, in every format") {
  for (int esMajor : {2, 3}) {
    const auto driver = openDriver(esMajor);
    if (!driver) return;
    for (TexelFormat format : formatsOf(*driver.gpu)) {
      CAPTURE(formatName(format));
      Texture texture = must(Texture::create(*driver.gpu, format, 17, 13));
      const auto bytes = pattern(static_cast<std::size_t>(texture.bytes()));
      must(texture.upload(bytes));
      Framebuffer framebuffer = must(Framebuffer::create(*driver.gpu, texture));
      CHECK(must(framebuffer.readPixels()) == bytes);

      const auto texel = static_cast<std::size_t>(bytesPerTexel(format));
      const auto patch = std::vector<std::byte>(3 * 2 * texel, std::byte{1});
      must(texture.upload({14, 11, 3, 2}, patch));
      std::vector<std::byte> part(patch.size());
      must(framebuffer.readPixels(0, {14, 11, 3, 2}, part));
      CHECK(part == patch);
      must(framebuffer.readPixels(0, {11, 11, 3, 2}, part));
      CHECK(std::memcmp(part.data(), bytes.data() + (11 * 17 + 11) * texel, 3 * texel) == 0);
    }
    must(driver.gpu->check("the test"));
  }
}

TEST_CASE("targets of different formats are cleared apart, in a rectangle") {
  const auto driver = openDriver(3);
  if (!driver) return;
  std::vector<Texture> textures;
  std::vector<const Texture*> targets;
  for (TexelFormat format : formatsOf(*driver.gpu)) {
    textures.push_back(must(Texture::create(*driver.gpu, format, 5, 4)));
  }
  for (const Texture& texture : textures) targets.push_back(&texture);
  Framebuffer framebuffer = must(Framebuffer::create(*driver.gpu, targets));
  must(framebuffer.clearToZero());
  const TexelCodes codes[] = {{0, 1, 254, 255},
                              {255, 128, 1, 0},
                              {-32768, 32767, -1, 5},
                              {-2147483647 - 1, 2147483647, -1, 16777217}};
  must(framebuffer.clear({1, 2, 3, 1}, codes));

  const auto bytes = must(framebuffer.readPixels(0));
  const auto unsignedBytes = must(framebuffer.readPixels(1));
  const auto shorts = must(framebuffer.readPixels(2));
  const auto ints = must(framebuffer.readPixels(3));
  for (std::size_t texel = 0; texel < 20; ++texel) {
    const bool inside = texel / 5 == 2 && texel % 5 >= 1 && texel % 5 <= 3;
    for (std::size_t c = 0; c < 4; ++c) {
      const std::size_t i = texel * 4 + c;
      std::int16_t narrow;
      std::int32_t wide;
      std::memcpy(&narrow, shorts.data() + 2 * i, 2);
      std::memcpy(&wide, ints.data() + 4 * i, 4);
      CHECK(std::to_integer<int>(bytes[i]) == (inside ? codes[0][c] : 0));
      CHECK(std::to_integer<int>(unsignedBytes[i]) == (inside ? codes[1][c] : 0));
      CHECK(narrow == (inside ? codes[2][c] : 0));
      CHECK(wide == (inside ? codes[3][c] : 0));
    }
  }
}

TEST_CASE("every code survives a clear on both versions") {
  for (int esMajor : {2, 3}) {
    const auto driver = openDriver(esMajor);
    if (!driver) return;
    const Texture texture = must(Texture::create(*driver.gpu, TexelFormat::Rgba8, 1, 1));
    Framebuffer framebuffer = must(Framebuffer::create(*driver.gpu, texture));
    for (std::int32_t code = 0; code < 256; ++code) {
      const TexelCodes codes[] = {{code, 255 - code, code / 2, 255}};
      must(framebuffer.clear({0, 0, 1, 1}, codes));
      const auto read = must(framebuffer.readPixels());
      for (std::size_t c = 0; c < 4; ++c) CHECK(std::to_integer<int>(read[c]) == codes[0][c]);
    }
  }
}

TEST_CASE("a draw writes all its targets and stays within its viewport") {
  const auto driver = openDriver(3);
  if (!driver) return;
  Context& context = *driver.gpu;
  const Texture a = must(Texture::create(context, TexelFormat::Rgba8ui, 6, 6));
  const Texture b = must(Texture::create(context, TexelFormat::Rgba8ui, 6, 6));
  const Texture* const targets[] = {&a, &b};
  Framebuffer framebuffer = must(Framebuffer::create(context, targets));
  must(framebuffer.clearToZero());
  Program program =
      test::program(context,
                    "#version 300 es\nprecision highp float;\n"
                    "layout(location = 0) out highp uvec4 a;\n"
                    "layout(location = 1) out highp uvec4 b;\n"
                    "void main() { a = uvec4(7); b = uvec4(uvec2(gl_FragCoord.xy), 9, 0); }\n");
  Fullscreen fullscreen = must(Fullscreen::create(context));
  framebuffer.bind();
  program.use();
  fullscreen.draw({1, 2, 3, 2});
  const auto first = must(framebuffer.readPixels(0));
  const auto second = must(framebuffer.readPixels(1));
  for (std::size_t y = 0; y < 6; ++y) {
    for (std::size_t x = 0; x < 6; ++x) {
      const bool inside = x >= 1 && x < 4 && y >= 2 && y < 4;
      const std::size_t i = (y * 6 + x) * 4;
      CHECK(std::to_integer<int>(first[i]) == (inside ? 7 : 0));
      CHECK(std::to_integer<std::size_t>(second[i]) == (inside ? x : 0));
      CHECK(std::to_integer<std::size_t>(second[i + 1]) == (inside ? y : 0));
    }
  }
  CHECK(context.counters().draws == 1);
}

TEST_CASE("the driver's own limits hold") {
  const auto driver = openDriver(3);
  if (!driver) return;
  const int limit = driver.gpu->capabilities().maxTextureSize;
  CHECK(Texture::create(*driver.gpu, TexelFormat::Rgba8, limit, 1).ok());
  CHECK(!Texture::create(*driver.gpu, TexelFormat::Rgba8, limit + 1, 1).ok());
}

}  // namespace
}  // namespace glint::gpu
