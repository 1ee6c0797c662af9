#include "nnets/layers/akida_v2/dense1d.h"

namespace glint::akida {

Tensor Dense1D::reference(std::span<const Tensor> inputs, const TensorType& output,
                          LayerState&) const {
  const IntMap in = shiftedInput(inputs[0].reshaped(Shape{1, 1, inputs[0].size()}));
  const std::vector<std::int64_t> w = values("weights", in.c * units);

  IntMap sums(1, 1, units);
  for (std::int64_t n = 0; n < in.c; ++n)
    for (std::int64_t f = 0; f < units; ++f) {
      sums.at(0, 0)[f] += in.at(0, 0)[n] * w[static_cast<std::size_t>(n * units + f)];
    }
  return finish(std::move(sums), Padding::Same, output);
}

}  // namespace glint::akida
