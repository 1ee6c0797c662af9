// The definition of what all Akida V2 layers with weights share: post_ops.h, steps 1 to 6.

#include "nnets/layers/akida_v2/mac_layer.h"

#include <algorithm>

#include "core/fixed_point.h"
#include "nnets/layers/akida/pool_map.h"

namespace glint::akida {
namespace {

using fixed_point::saturate;
using fixed_point::scaleOut;
using fixed_point::shiftLeft;
using Values = std::vector<std::int64_t>;

/// Calls f(value, channel) for every value of `map`.
template <typename F>
void forEach(IntMap& map, F f) {
  std::size_t channel = 0;
  for (std::int64_t& value : map.values) {
    f(value, channel);
    if (++channel == static_cast<std::size_t>(map.c)) channel = 0;
  }
}

void addBias(IntMap& map, const Values& bias, const Values& biasShift, int bits) {
  forEach(map, [&](std::int64_t& v, std::size_t c) {
    const std::int64_t shifted = saturate(shiftLeft(bias[c], static_cast<int>(biasShift[c])), bits);
    v = saturate(saturate(v, bits) + shifted, bits);
  });
}

}  // namespace

IntMap MacLayer::shiftedInput(const Tensor& input) const {
  IntMap map = toIntMap(input);
  const Values shift = values("input_shift", map.c);
  forEach(map, [&](std::int64_t& v, std::size_t c) {
    v = saturate(shiftLeft(v, static_cast<int>(shift[c])), post.bufferBits);
  });
  return map;
}

Tensor MacLayer::finish(IntMap sums, Padding poolPadding, const TensorType& output) const {
  const std::int64_t channels = sums.c;
  addBias(sums, values(post.biasName, channels), values(post.biasName + "_shift", channels),
          post.bufferBits);
  if (pooling.type == PoolType::Max) {
    sums =
        maxPool(sums, {pooling.size, pooling.size}, {pooling.step(), pooling.step()}, poolPadding);
  }

  if (post.activation == ActivationType::ReLU) {
    const bool bounded = hasVariable("max_value");
    const Values top = values("max_value", channels);
    const Values topShift = values("max_value_shift", channels);
    forEach(sums, [&](std::int64_t& v, std::size_t c) {
      v = std::max<std::int64_t>(v, 0);
      if (bounded) v = std::min(v, shiftLeft(top[c], static_cast<int>(topShift[c])));
    });
  } else if (post.activation == ActivationType::LUT) {
    const Values table = values("lut_values", kLutSize);
    const Values scale = values("activation_scales", channels, 1);
    const Values shift = values("activation_shift", channels);
    forEach(sums, [&](std::int64_t& v, std::size_t c) {
      v = scaleOut(v, static_cast<int>(scale[c]), static_cast<int>(shift[c]), post.postOpBufferBits,
                   kLutIndexBits, true);
      v = table[static_cast<std::size_t>(v + kLutSize / 2)];
    });
  }

  if (pooling.type == PoolType::Average) sums = sumOfAll(sums);
  const Values scale = values("output_scales", channels, 1);
  const Values shift = values("output_shift", channels);
  forEach(sums, [&](std::int64_t& v, std::size_t c) {
    v = scaleOut(v, static_cast<int>(scale[c]), static_cast<int>(shift[c]), post.postOpBufferBits,
                 post.outputBits, output.isSigned);
  });
  return toTensor(sums);
}

}  // namespace glint::akida
