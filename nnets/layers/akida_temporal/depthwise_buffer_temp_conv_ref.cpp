#include "nnets/layers/akida_temporal/depthwise_buffer_temp_conv.h"

namespace glint::akida {

Tensor DepthwiseBufferTempConv::reference(std::span<const Tensor> inputs, const TensorType& output,
                                          LayerState& state) const {
  const IntMap fifo = pushed(inputs[0], state);
  const std::vector<std::int64_t> w = values("weights", fifo.c);

  const std::int64_t channels = fifo.c / fifoSize;
  IntMap sums(fifo.x, fifo.y, channels);
  for (std::int64_t x = 0; x < sums.x; ++x)
    for (std::int64_t y = 0; y < sums.y; ++y)
      for (std::int64_t i = 0; i < fifo.c; ++i) {
        sums.at(x, y)[i % channels] += fifo.at(x, y)[i] * w[static_cast<std::size_t>(i)];
      }
  return finish(std::move(sums), Padding::Same, output);
}

}  // namespace glint::akida
