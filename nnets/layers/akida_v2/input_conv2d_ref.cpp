#include "nnets/layers/akida_v2/input_conv2d.h"

#include "nnets/layers/akida/window.h"

namespace glint::akida {

Tensor InputConv2D::reference(std::span<const Tensor> inputs, const TensorType& output,
                              LayerState&) const {
  const IntMap in = toIntMap(inputs[0]);
  const std::int64_t k = kernelSize;
  const std::vector<std::int64_t> w = values("weights", k * k * in.c * filters);
  const std::int64_t beforeX = borderBefore(in.x, kernelSize, kernelStride, padding);
  const std::int64_t beforeY = borderBefore(in.y, kernelSize, kernelStride, padding);

  IntMap sums(windowCount(in.x, kernelSize, kernelStride, padding),
              windowCount(in.y, kernelSize, kernelStride, padding), filters);
  for (std::int64_t x = 0; x < sums.x; ++x)
    for (std::int64_t y = 0; y < sums.y; ++y)
      for (std::int64_t i = 0; i < k; ++i)
        for (std::int64_t j = 0; j < k; ++j) {
          const std::int64_t px = x * kernelStride - beforeX + i;
          const std::int64_t py = y * kernelStride - beforeY + j;
          const bool inside = px >= 0 && px < in.x && py >= 0 && py < in.y;
          for (std::int64_t c = 0; c < in.c; ++c) {
            const std::int64_t value = inside ? in.at(px, py)[c] : border(c);
            const std::int64_t* tap = w.data() + ((i * k + j) * in.c + c) * filters;
            for (std::int64_t f = 0; f < filters; ++f) sums.at(x, y)[f] += value * tap[f];
          }
        }
  return finish(std::move(sums), poolPadding(), output);
}

}  // namespace glint::akida
