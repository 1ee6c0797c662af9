#include "nnets/schedule/constants.h"

#include <bit>
#include <cmath>

namespace glint {

std::vector<IVec4> encodeTable(const std::vector<std::int32_t>& table, bool integerTextures,
                               ConstantsForm& form) {
  form.storage = integerTextures ? Storage::Int32 : Storage::Bytes32;
  std::vector<IVec4> texels;
  for (std::int32_t v : table) {
    if (integerTextures) {
      texels.push_back({v, 0, 0, 0});
      continue;
    }
    const auto bits = static_cast<std::uint32_t>(v);
    IVec4 bytes{};
    for (std::size_t k = 0; k < 4; ++k) {
      bytes[k] = static_cast<std::int32_t>(bits >> (8 * k) & 255);
    }
    texels.push_back(bytes);
  }
  return texels;
}

std::vector<IVec4> encodeWeights(std::vector<IVec4> weights, bool integerTextures,
                                 ConstantsForm& form) {
  if (integerTextures) return weights;
  form.storage = Storage::Norm8;
  std::int32_t offset = 128;
  for (const IVec4& quad : weights) {
    for (std::int32_t w : quad) {
      for (; w < -offset || w >= offset; offset *= 256) ++form.texels;
    }
  }
  std::vector<IVec4> texels;
  for (const IVec4& quad : weights) {
    for (int byte = 0; byte < form.texels; ++byte) {
      IVec4 codes{};
      for (std::size_t k = 0; k < 4; ++k) codes[k] = (quad[k] + offset) >> (8 * byte) & 255;
      texels.push_back(codes);
    }
  }
  return texels;
}

std::vector<IVec4> encodeConstants(const KernelPlan& plan) {
  std::vector<IVec4> texels;
  for (const Vec4& vector : plan.floats) {
    IVec4 bits{};
    for (std::size_t k = 0; k < 4; ++k) {
      bits[k] = std::bit_cast<std::int32_t>(static_cast<float>(vector[k]));
    }
    texels.push_back(bits);
  }
  texels.insert(texels.end(), plan.ints.begin(), plan.ints.end());
  return texels;
}

std::vector<int> carriesOf(const KernelPlan& plan, const std::vector<Vec4>& bounds, int floatBits) {
  constexpr double kLowLimb = 4096;
  const double limit = std::ldexp(1.0, floatBits) - kLowLimb;
  std::vector<Vec4> held;
  for (const Accumulator& accumulator : plan.accumulators) {
    Vec4 start{};
    for (std::size_t k = 0; k < 4; ++k) {
      start[k] = std::abs(plan.floats[static_cast<std::size_t>(accumulator.init)][k]);
    }
    held.push_back(start);
  }
  std::vector<int> carries;
  for (std::size_t m = 0; m < plan.macs.size(); ++m) {
    const auto target = static_cast<std::size_t>(plan.macs[m].accumulator);
    bool fits = true;
    for (std::size_t k = 0; k < 4; ++k) fits = fits && held[target][k] + bounds[m][k] < limit;
    if (!fits) {
      carries.push_back(static_cast<int>(m));
      held.assign(held.size(), Vec4{});
    }
    for (std::size_t k = 0; k < 4; ++k) held[target][k] += bounds[m][k];
  }
  carries.push_back(static_cast<int>(plan.macs.size()));
  return carries;
}

}  // namespace glint
