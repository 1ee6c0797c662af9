#include "gpu/self_test_run.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

#include "gpu/framebuffer.h"

namespace glint::gpu {
namespace {

template <typename T>
long long load(std::span<const std::byte> bytes, std::size_t i) {
  T value;
  std::memcpy(&value, bytes.data() + i * sizeof value, sizeof value);
  return value;
}

std::string describeFirst(const SelfTestImage& expected, std::span<const std::byte> got) {
  const auto wrong = std::mismatch(got.begin(), got.end(), expected.bytes.begin()).first;
  const auto offset = static_cast<std::size_t>(wrong - got.begin());
  const auto channelBytes = static_cast<std::size_t>(bytesPerTexel(expected.format)) / 4;
  const std::size_t channel = offset / channelBytes;
  const std::size_t texel = channel / 4;
  const auto width = static_cast<std::size_t>(expected.width);
  return "texel (" + std::to_string(texel % width) + ", " + std::to_string(texel / width) +
         ") channel " + std::to_string(channel % 4) + " is " +
         std::to_string(channelAt(expected.format, got, channel)) + ", expected " +
         std::to_string(channelAt(expected.format, expected.bytes, channel));
}

Result<std::vector<Texture>> makeTextures(Context& context, std::span<const SelfTestImage> images) {
  std::vector<Texture> textures;
  for (const SelfTestImage& image : images) {
    GLINT_ASSIGN(Texture texture,
                 Texture::create(context, image.format, image.width, image.height));
    textures.push_back(std::move(texture));
  }
  return textures;
}

}  // namespace

long long channelAt(TexelFormat format, std::span<const std::byte> bytes, std::size_t i) {
  switch (format) {
    case TexelFormat::Rgba16i:
      return load<std::int16_t>(bytes, i);
    case TexelFormat::Rgba32i:
      return load<std::int32_t>(bytes, i);
    default:
      return load<std::uint8_t>(bytes, i);
  }
}

Result<std::vector<SelfTestCheck>> runChecks(Context& context, Fullscreen& fullscreen,
                                             const std::string& fragment,
                                             std::span<const SelfTestImage> inputs,
                                             std::span<const SelfTestImage> outputs) {
  const int major = context.capabilities().esMajor;
  GLINT_ASSIGN(Program program, Program::create(context, fullscreenVertexShader(major), fragment,
                                                "self-test " + outputs[0].name));
  GLINT_ASSIGN(const std::vector<Texture> targets, makeTextures(context, outputs));
  GLINT_ASSIGN(std::vector<Texture> sources, makeTextures(context, inputs));
  std::vector<const Texture*> attached;
  for (const Texture& target : targets) attached.push_back(&target);
  GLINT_ASSIGN(Framebuffer framebuffer, Framebuffer::create(context, attached));
  for (std::size_t i = 0; i < sources.size(); ++i) {
    GLINT_TRY(sources[i].upload(inputs[i].bytes));
    const int unit = static_cast<int>(i);
    sources[i].bind(unit);
    program.setSampler(program.location("source" + std::to_string(i)), unit);
  }
  if (const int scale = program.location("scale"); scale >= 0) {
    program.setFloat2(scale, 1.f / static_cast<float>(inputs[0].width),
                      1.f / static_cast<float>(inputs[0].height));
  }
  framebuffer.bind();
  program.use();
  fullscreen.draw(framebuffer.extent());
  std::vector<SelfTestCheck> checks;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    GLINT_ASSIGN(const std::vector<std::byte> got, framebuffer.readPixels(static_cast<int>(i)));
    SelfTestCheck check{outputs[i].name, got == outputs[i].bytes, {}};
    check.detail = check.passed
                       ? std::to_string(outputs[i].width * outputs[i].height) + " texels equal"
                       : describeFirst(outputs[i], got);
    checks.push_back(std::move(check));
  }
  return checks;
}

}  // namespace glint::gpu
