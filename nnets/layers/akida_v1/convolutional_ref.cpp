#include "nnets/layers/akida_v1/convolutional.h"

#include "nnets/layers/akida/window.h"

namespace glint::akida {

Tensor Convolutional::reference(std::span<const Tensor> inputs, const TensorType&,
                                LayerState&) const {
  const IntMap in = toIntMap(inputs[0]);
  const auto [kx, ky] = kernelSize;
  const std::vector<std::int64_t> w = values("weights", kernelTaps() * in.c * filters);
  const std::int64_t beforeX = borderBefore(in.x, kx, kernelStride.x, padding);
  const std::int64_t beforeY = borderBefore(in.y, ky, kernelStride.y, padding);

  IntMap sums(windowCount(in.x, kx, kernelStride.x, padding),
              windowCount(in.y, ky, kernelStride.y, padding), filters);
  for (std::int64_t x = 0; x < sums.x; ++x)
    for (std::int64_t y = 0; y < sums.y; ++y)
      for (std::int64_t i = 0; i < kx; ++i)
        for (std::int64_t j = 0; j < ky; ++j) {
          const std::int64_t px = x * kernelStride.x - beforeX + i;
          const std::int64_t py = y * kernelStride.y - beforeY + j;
          if (px < 0 || px >= in.x || py < 0 || py >= in.y) continue;
          const std::int64_t reversed = (kx - 1 - i) * ky + (ky - 1 - j);
          for (std::int64_t c = 0; c < in.c; ++c) {
            const std::int64_t value = in.at(px, py)[c];
            const std::int64_t* tap = w.data() + (reversed * in.c + c) * filters;
            for (std::int64_t f = 0; f < filters; ++f) sums.at(x, y)[f] += value * tap[f];
          }
        }
  return activate(pool(sums));
}

}  // namespace glint::akida
