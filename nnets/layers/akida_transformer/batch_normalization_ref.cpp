#include "nnets/layers/akida_transformer/batch_normalization.h"

namespace glint::akida {

Tensor BatchNormalization::reference(std::span<const Tensor> inputs, const TensorType& output,
                                     LayerState&) const {
  IntMap map = shiftedInput(inputs[0]);
  for (std::int64_t x = 0; x < map.x; ++x)
    for (std::int64_t y = 0; y < map.y; ++y)
      for (std::int64_t c = 0; c < map.c; ++c) map.at(x, y)[c] *= variable("a", c);
  return finish(std::move(map), Padding::Same, output);
}

}  // namespace glint::akida
