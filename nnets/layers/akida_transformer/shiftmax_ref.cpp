#include "nnets/layers/akida_transformer/shiftmax.h"

#include <algorithm>

#include "core/fixed_point.h"

namespace glint::akida {
namespace {

using fixed_point::saturate;

/// L of the class comment; s is 1 at least, and below 2^31.
int roundLog2(std::int64_t s) {
  int k = 0;
  while (s >> (k + 1) != 0) ++k;
  return s * s > std::int64_t{1} << (2 * k + 1) ? k + 1 : k;
}

void applyAt(std::int64_t* x, std::int64_t channels, const std::vector<std::int64_t>& shift,
             int fraction, int bufferBits) {
  for (std::int64_t c = 0; c < channels; ++c) {
    x[c] >>= std::min<std::int64_t>(shift[static_cast<std::size_t>(c)], 63);
  }
  const std::int64_t most = *std::max_element(x, x + channels);
  std::int64_t sum = 0;
  for (std::int64_t c = 0; c < channels; ++c) {
    const std::int64_t y = x[c] - most + fraction;
    x[c] = y < -fraction ? 0 : saturate(std::int64_t{1} << (y + fraction), bufferBits);
    sum += x[c];
  }
  const int by = roundLog2(saturate(sum, bufferBits)) - fraction;
  for (std::int64_t c = 0; c < channels; ++c) x[c] >>= by;
}

}  // namespace

void Shiftmax::apply(IntMap& map, const std::vector<std::int64_t>& shift, int fraction,
                     int bufferBits) {
  for (std::int64_t x = 0; x < map.x; ++x)
    for (std::int64_t y = 0; y < map.y; ++y) {
      applyAt(map.at(x, y), map.c, shift, fraction, bufferBits);
    }
}

Tensor Shiftmax::reference(std::span<const Tensor> inputs, const TensorType&, LayerState&) const {
  IntMap map = toIntMap(inputs[0]);
  apply(map, values("input_shift", map.c), outputBits - 1, bufferBits);
  return toTensor(map);
}

}  // namespace glint::akida
