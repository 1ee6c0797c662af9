#include "nnets/layers/akida/int_map.h"

namespace glint::akida {

IntMap toIntMap(const Tensor& tensor) {
  IntMap map(tensor.shape()[0], tensor.shape()[1], tensor.shape()[2]);
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    map.values[static_cast<std::size_t>(i)] = tensor.integer(i);
  }
  return map;
}

Tensor toTensor(const IntMap& map) {
  Tensor tensor(DType::I32, Shape{map.x, map.y, map.c});
  std::span<std::int32_t> out = tensor.as<std::int32_t>();
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::int32_t>(map.values[i]);
  return tensor;
}

}  // namespace glint::akida
