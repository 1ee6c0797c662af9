#include "nnets/layers/akida_v2/concatenate.h"

namespace glint::akida {

Tensor Concatenate::reference(std::span<const Tensor> inputs, const TensorType& output,
                              LayerState&) const {
  Tensor result(DType::I32, output.shape);
  std::span<std::int32_t> out = result.as<std::int32_t>();
  std::size_t next = 0;
  for (std::int64_t position = 0; position < output.x() * output.y(); ++position)
    for (const Tensor& input : inputs) {
      const std::int64_t channels = input.shape()[2];
      for (std::int64_t c = 0; c < channels; ++c) {
        out[next++] = static_cast<std::int32_t>(input.integer(position * channels + c));
      }
    }
  return result;
}

}  // namespace glint::akida
