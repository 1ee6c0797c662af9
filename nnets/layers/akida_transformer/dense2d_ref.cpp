#include "nnets/layers/akida_transformer/dense2d.h"

namespace glint::akida {

Tensor Dense2D::reference(std::span<const Tensor> inputs, const TensorType& output,
                          LayerState&) const {
  const IntMap in = shiftedInput(inputs[0]);
  const std::vector<std::int64_t> w = values("weights", in.c * units);

  IntMap sums(in.x, in.y, units);
  for (std::int64_t x = 0; x < in.x; ++x)
    for (std::int64_t y = 0; y < in.y; ++y)
      for (std::int64_t c = 0; c < in.c; ++c)
        for (std::int64_t f = 0; f < units; ++f) {
          sums.at(x, y)[f] += in.at(x, y)[c] * w[static_cast<std::size_t>(c * units + f)];
        }
  return finish(std::move(sums), Padding::Same, output);
}

}  // namespace glint::akida
