/// One draw of the self-test: textures in, texels out.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "gpu/fullscreen.h"
#include "gpu/self_test.h"

namespace glint::gpu {

/// A texture's worth of texels on the host.
struct SelfTestImage {
  std::string name;  ///< Of the check, for an expected output.
  TexelFormat format = TexelFormat::Rgba8;
  int width = 0;
  int height = 0;
  std::vector<std::byte> bytes;
};

/// Uploads the inputs as samplers source0, source1, ..., draws `fragment` over targets of the
/// outputs' size and formats, and compares what comes back with their bytes: a check per output.
/// `scale`, if the shader has it, becomes 1 / the size of input 0.
/// Errors: Driver, when it could not be drawn.
Result<std::vector<SelfTestCheck>> runChecks(Context& context, Fullscreen& fullscreen,
                                             const std::string& fragment,
                                             std::span<const SelfTestImage> inputs,
                                             std::span<const SelfTestImage> outputs);

/// Value of channel `i` (texel * 4 + channel) as an integer, for messages.
long long channelAt(TexelFormat format, std::span<const std::byte> bytes, std::size_t i);

}  // namespace glint::gpu
