#include "nnets/layers/akida_temporal/buffer_temp_conv.h"

namespace glint::akida {

Tensor BufferTempConv::reference(std::span<const Tensor> inputs, const TensorType& output,
                                 LayerState& state) const {
  const IntMap fifo = pushed(inputs[0], state);
  const std::vector<std::int64_t> w = values("weights", fifo.c * filters);

  IntMap sums(fifo.x, fifo.y, filters);
  for (std::int64_t x = 0; x < sums.x; ++x)
    for (std::int64_t y = 0; y < sums.y; ++y)
      for (std::int64_t i = 0; i < fifo.c; ++i)
        for (std::int64_t f = 0; f < filters; ++f) {
          sums.at(x, y)[f] += fifo.at(x, y)[i] * w[static_cast<std::size_t>(i * filters + f)];
        }
  return finish(std::move(sums), Padding::Same, output);
}

}  // namespace glint::akida
