#include "nnets/layers/akida_temporal/depthwise_buffer_temp_conv.h"

#include "nnets/layers/akida_v2/mac_layer_lower.h"

namespace glint::akida {

Status DepthwiseBufferTempConv::lower(OpBuilder& builder) const {
  const std::int64_t channels = builder.typeOf(builder.input(0)).channels();
  const Tensor& weights = variables.find("weights")->second;
  lowerSteps(builder, [&](SumInput& input, int step) {
    input.diagonal = true;
    for (std::int64_t c = 0; c < channels; ++c) {
      input.weights.push_back(weights.integer(step * channels + c));
    }
  });
  return {};
}

}  // namespace glint::akida
