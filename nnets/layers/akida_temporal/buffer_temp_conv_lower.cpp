#include "nnets/layers/akida_temporal/buffer_temp_conv.h"

#include "nnets/layers/akida_v2/mac_layer_lower.h"

namespace glint::akida {

Status BufferTempConv::lower(OpBuilder& builder) const {
  const TensorType& in = builder.typeOf(builder.input(0));
  const std::int64_t perStep = in.channels() * filters;
  const Tensor& weights = variables.find("weights")->second;
  lowerSteps(builder, [&](SumInput& input, int step) {
    for (std::int64_t i = 0; i < perStep; ++i) {
      input.weights.push_back(weights.integer(step * perStep + i));
    }
  });
  return {};
}

}  // namespace glint::akida
