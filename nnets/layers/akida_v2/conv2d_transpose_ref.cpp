#include "nnets/layers/akida_v2/conv2d_transpose.h"

namespace glint::akida {

Tensor Conv2DTranspose::reference(std::span<const Tensor> inputs, const TensorType& output,
                                  LayerState&) const {
  const IntMap in = shiftedInput(inputs[0]);
  const std::int64_t k = kernelSize;
  const std::int64_t before = (k - 2) / 2;
  const std::vector<std::int64_t> w = values("weights", k * k * in.c * filters);

  IntMap sums(2 * in.x, 2 * in.y, filters);
  for (std::int64_t x = 0; x < in.x; ++x)
    for (std::int64_t y = 0; y < in.y; ++y)
      for (std::int64_t i = 0; i < k; ++i)
        for (std::int64_t j = 0; j < k; ++j) {
          const std::int64_t px = 2 * x + i - before;
          const std::int64_t py = 2 * y + j - before;
          if (px < 0 || px >= sums.x || py < 0 || py >= sums.y) continue;
          for (std::int64_t c = 0; c < in.c; ++c) {
            const std::int64_t value = in.at(x, y)[c];
            const std::int64_t* tap = w.data() + ((i * k + j) * in.c + c) * filters;
            for (std::int64_t f = 0; f < filters; ++f) sums.at(px, py)[f] += value * tap[f];
          }
        }
  return finish(std::move(sums), Padding::Same, output);
}

}  // namespace glint::akida
