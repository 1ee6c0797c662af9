#include "nnets/layers/akida_v2/dequantizer.h"

namespace glint::akida {

Tensor Dequantizer::reference(std::span<const Tensor> inputs, const TensorType& output,
                              LayerState&) const {
  const std::span<const float> scales = variables.find("scales")->second.as<float>();
  Tensor result(DType::F32, output.shape);
  std::span<float> out = result.as<float>();
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t c = i % static_cast<std::size_t>(output.channels());
    const auto x = static_cast<float>(inputs[0].integer(static_cast<std::int64_t>(i)));
    out[i] = x * scales[scales.size() == 1 ? 0 : c];
  }
  return result;
}

}  // namespace glint::akida
