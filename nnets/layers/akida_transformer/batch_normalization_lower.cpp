#include "nnets/layers/akida_transformer/batch_normalization.h"

#include "nnets/layers/akida_v2/mac_layer_lower.h"

namespace glint::akida {

Status BatchNormalization::lower(OpBuilder& builder) const {
  const std::int64_t channels = builder.outputType().channels();
  SumInput input;
  input.value = builder.input(0);
  input.diagonal = true;
  for (std::int64_t c = 0; c < channels; ++c) input.weights.push_back(variable("a", c));
  lowerShifts(input, *this, channels);
  lowerMac(builder, *this, slidingWindow(1, 1, Padding::Same), std::move(input),
           builder.outputType().shape, Padding::Same);
  return {};
}

}  // namespace glint::akida
