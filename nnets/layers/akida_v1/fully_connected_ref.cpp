#include "nnets/layers/akida_v1/fully_connected.h"

namespace glint::akida {

Tensor FullyConnected::reference(std::span<const Tensor> inputs, const TensorType&,
                                 LayerState&) const {
  const IntMap in = toIntMap(inputs[0]);
  const std::vector<std::int64_t> w = values("weights", in.x * in.y * in.c * units);

  IntMap sums(1, 1, units);
  for (std::int64_t x = 0; x < in.x; ++x)
    for (std::int64_t y = 0; y < in.y; ++y)
      for (std::int64_t c = 0; c < in.c; ++c) {
        const std::int64_t n = x + in.x * (y + in.y * c);
        for (std::int64_t u = 0; u < units; ++u) {
          sums.at(0, 0)[u] += in.at(x, y)[c] * w[static_cast<std::size_t>(n * units + u)];
        }
      }
  return activate(sums);
}

}  // namespace glint::akida
