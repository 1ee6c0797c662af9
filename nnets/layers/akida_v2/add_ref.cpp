#include "nnets/layers/akida_v2/add.h"

#include <algorithm>

#include "core/fixed_point.h"

namespace glint::akida {

Tensor Add::reference(std::span<const Tensor> inputs, const TensorType& output, LayerState&) const {
  using fixed_point::rescale;
  using fixed_point::saturate;
  using fixed_point::shiftLeft;

  Tensor result(DType::I32, output.shape);
  std::span<std::int32_t> out = result.as<std::int32_t>();
  for (std::int64_t i = 0; i < result.size(); ++i) {
    const std::int64_t c = i % output.channels();
    const int aShift = static_cast<int>(variable("a_shift", c));
    const int bShift = static_cast<int>(variable("b_shift", c));
    const std::int64_t a = saturate(shiftLeft(inputs[0].integer(i), aShift), bufferBits);
    const std::int64_t b = saturate(shiftLeft(inputs[1].integer(i), bShift), bufferBits);
    std::int64_t sum = saturate(a + b, bufferBits);
    if (activation == ActivationType::ReLU) sum = std::max<std::int64_t>(sum, 0);
    sum = rescale(sum, static_cast<int>(variable("output_shift", c)));
    out[static_cast<std::size_t>(i)] =
        static_cast<std::int32_t>(saturate(sum, outputBits, output.isSigned));
  }
  return result;
}

}  // namespace glint::akida
