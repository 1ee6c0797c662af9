#include "nnets/layers/akida_transformer/mad_norm.h"

#include <cstdlib>

#include "core/fixed_point.h"

namespace glint::akida {

using fixed_point::saturate;
using fixed_point::shiftLeft;

Tensor MadNorm::reference(std::span<const Tensor> inputs, const TensorType& output,
                          LayerState&) const {
  IntMap map = shiftedInput(inputs[0]);
  const std::vector<std::int64_t> gamma = values("gamma", map.c);
  const std::vector<std::int64_t> gammaShift = values("gamma_shift", map.c);
  for (std::int64_t x = 0; x < map.x; ++x)
    for (std::int64_t y = 0; y < map.y; ++y) {
      std::int64_t* at = map.at(x, y);
      std::int64_t m = 0;
      for (std::int64_t c = 0; c < map.c; ++c) m += std::abs(at[c]);
      m = saturate(m, post.bufferBits);
      for (std::int64_t c = 0; c < map.c; ++c) {
        const auto i = static_cast<std::size_t>(c);
        const std::int64_t top =
            saturate(shiftLeft(gamma[i], static_cast<int>(gammaShift[i])), post.bufferBits);
        at[c] *= m == 0 ? 0 : top / m;
      }
    }
  return finish(std::move(map), Padding::Same, output);
}

}  // namespace glint::akida
