#include "nnets/layers/akida_transformer/dense2d.h"

#include "nnets/layers/akida_v2/mac_layer_lower.h"

namespace glint::akida {

Status Dense2D::lower(OpBuilder& builder) const {
  const TensorType& in = builder.typeOf(builder.input(0));
  SumInput input = lowerWeights(*this, builder.input(0), 1, in.channels(), units, false);
  lowerShifts(input, *this, in.channels());
  lowerMac(builder, *this, slidingWindow(1, 1, Padding::Same), std::move(input),
           builder.outputType().shape, Padding::Same);
  return {};
}

}  // namespace glint::akida
