// The definition of what all Akida V2 layers with weights share: post_ops.h, steps 1 to 6.

#include "nnets/layers/akida_v2/mac_layer.h"

#include <algorithm>
#include <limits>

#include "core/fixed_point.h"
#include "nnets/layers/akida_v2/window.h"

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

/// Positions outside the map never win.
IntMap maxPool(const IntMap& map, const Pooling& pool, Padding padding) {
  const std::int64_t step = pool.step();
  const std::int64_t beforeX = borderBefore(map.x, pool.size, pool.step(), padding);
  const std::int64_t beforeY = borderBefore(map.y, pool.size, pool.step(), padding);
  IntMap out(windowCount(map.x, pool.size, pool.step(), padding),
             windowCount(map.y, pool.size, pool.step(), padding), map.c,
             std::numeric_limits<std::int64_t>::min());
  for (std::int64_t x = 0; x < out.x; ++x)
    for (std::int64_t y = 0; y < out.y; ++y)
      for (std::int64_t i = 0; i < pool.size; ++i)
        for (std::int64_t j = 0; j < pool.size; ++j) {
          const std::int64_t px = x * step - beforeX + i;
          const std::int64_t py = y * step - beforeY + j;
          if (px < 0 || px >= map.x || py < 0 || py >= map.y) continue;
          for (std::int64_t c = 0; c < map.c; ++c) {
            out.at(x, y)[c] = std::max(out.at(x, y)[c], map.at(px, py)[c]);
          }
        }
  return out;
}

IntMap sumOfAll(const IntMap& map) {
  IntMap out(1, 1, map.c);
  for (std::int64_t x = 0; x < map.x; ++x)
    for (std::int64_t y = 0; y < map.y; ++y)
      for (std::int64_t c = 0; c < map.c; ++c) out.at(0, 0)[c] += map.at(x, y)[c];
  return out;
}

}  // namespace

std::vector<std::int64_t> MacLayer::values(std::string_view variableName, std::int64_t count,
                                           std::int64_t neutral) const {
  Values out(static_cast<std::size_t>(count), neutral);
  if (!hasVariable(variableName)) return out;
  for (std::int64_t i = 0; i < count; ++i) {
    out[static_cast<std::size_t>(i)] = variable(variableName, i);
  }
  return out;
}

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
  addBias(sums, values("bias", channels), values("bias_shift", channels), post.bufferBits);
  if (pooling.type == PoolType::Max) sums = maxPool(sums, pooling, poolPadding);

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
