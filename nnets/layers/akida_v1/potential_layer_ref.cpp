// The definition of what all Akida V1 layers share: potential_layer.h, step 3, and predict.

#include "nnets/layers/akida_v1/potential_layer.h"

namespace glint::akida {

Tensor PotentialLayer::activate(const IntMap& potentials) const {
  if (!activation) return toTensor(potentials);
  const std::vector<std::int64_t> threshold = values("threshold", potentials.c);
  const std::vector<float> actStep = actSteps(potentials.c);
  const std::int64_t top = (std::int64_t{1} << actBits) - 1;
  IntMap codes = potentials;
  for (std::size_t i = 0; i < codes.values.size(); ++i) {
    const std::size_t f = i % actStep.size();
    // Exact: p - T has 33 bits, n*s the 24 bits of a float32 and 4 of n.
    const auto above = static_cast<double>(potentials.values[i] - threshold[f]);
    const double s = static_cast<double>(actStep[f]) * (1 << (4 - actBits));
    std::int64_t code = 0;
    while (code < top && above > static_cast<double>(code) * s) ++code;
    codes.values[i] = code;
  }
  return toTensor(codes);
}

Tensor PotentialLayer::predicted(const Tensor& output) const {
  const std::int64_t filters = output.shape().back();
  const std::vector<std::int64_t> threshold = values("threshold", filters);
  const std::vector<float> actStep = actSteps(filters);
  Tensor result(DType::F32, output.shape());
  std::span<float> out = result.as<float>();
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t f = i % actStep.size();
    const auto above =
        static_cast<float>(output.integer(static_cast<std::int64_t>(i)) - threshold[f]);
    out[i] = above / actStep[f];
  }
  return result;
}

}  // namespace glint::akida
