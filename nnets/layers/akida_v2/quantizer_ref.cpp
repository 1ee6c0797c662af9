#include "nnets/layers/akida_v2/quantizer.h"

#include <algorithm>
#include <cmath>

namespace glint::akida {

Tensor Quantizer::reference(std::span<const Tensor> inputs, const TensorType& output,
                            LayerState&) const {
  const std::span<const float> x = inputs[0].as<float>();
  const std::span<const float> scales = variables.find("scales")->second.as<float>();
  const auto lo = static_cast<double>(output.range().lo);
  const auto hi = static_cast<double>(output.range().hi);

  Tensor result(DType::I32, output.shape);
  std::span<std::int32_t> out = result.as<std::int32_t>();
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t c = i % static_cast<std::size_t>(output.channels());
    const float scaled = x[i] * scales[scales.size() == 1 ? 0 : c];
    // Ties go to even: the default rounding mode. A NaN becomes 0.
    double q = std::isnan(scaled) ? 0.0 : static_cast<double>(std::nearbyint(scaled));
    if (!output.isSigned) {
      q += static_cast<double>(variable("zero_points", static_cast<std::int64_t>(c)));
    }
    out[i] = static_cast<std::int32_t>(std::clamp(q, lo, hi));
  }
  return result;
}

}  // namespace glint::akida
