#include "nnets/layers/dynapcnn/channel_order.h"

namespace glint::dynapcnn {

Tensor toChannelsLast(const Tensor& tensor, std::int64_t from, const Shape& first) {
  Tensor map(DType::I32, channelsLast(first));
  forEachElement(first, [&](std::int64_t i, std::int64_t last) {
    map.as<std::int32_t>()[static_cast<std::size_t>(last)] =
        static_cast<std::int32_t>(tensor.integer(from + i));
  });
  return map;
}

void putChannelsFirst(const Tensor& map, Tensor& tensor, std::int64_t at) {
  forEachElement(channelsFirst(map.shape()), [&](std::int64_t i, std::int64_t last) {
    tensor.as<std::int32_t>()[static_cast<std::size_t>(at + i)] =
        map.as<std::int32_t>()[static_cast<std::size_t>(last)];
  });
}

}  // namespace glint::dynapcnn
