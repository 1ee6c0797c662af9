#include "nnets/layers/akida_temporal/buffer_layer.h"

#include <algorithm>

#include "core/fixed_point.h"

namespace glint::akida {

IntMap BufferLayer::pushed(const Tensor& input, LayerState& state) const {
  const IntMap in = toIntMap(input);
  Tensor& fifo = state["fifo"];
  const Shape shape{in.x, in.y, fifoSize, in.c};
  if (fifo.shape() != shape) fifo = Tensor(DType::I32, shape);
  const std::span<std::int32_t> entries = fifo.as<std::int32_t>();
  const std::vector<std::int64_t> shift = values("input_shift", in.c);

  IntMap map(in.x, in.y, fifoSize * in.c);
  for (std::int64_t x = 0; x < in.x; ++x)
    for (std::int64_t y = 0; y < in.y; ++y) {
      const std::int64_t first = (x * in.y + y) * map.c;
      for (std::int64_t i = 0; i < map.c; ++i) {
        const std::int64_t newer = i + in.c;  // the same channel, one entry later
        std::int32_t& entry = entries[static_cast<std::size_t>(first + i)];
        entry = newer < map.c ? entries[static_cast<std::size_t>(first + newer)]
                              : static_cast<std::int32_t>(in.at(x, y)[newer - map.c]);
        const auto s = static_cast<int>(shift[static_cast<std::size_t>(i % in.c)]);
        map.at(x, y)[i] = fixed_point::saturate(fixed_point::shiftLeft(entry, s), post.bufferBits);
      }
    }
  return map;
}

}  // namespace glint::akida
