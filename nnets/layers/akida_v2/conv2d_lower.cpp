#include "nnets/layers/akida_v2/conv2d.h"

#include "nnets/layers/akida_v2/mac_layer_lower.h"

namespace glint::akida {

Status Conv2D::lower(OpBuilder& builder) const {
  const TensorType& in = builder.typeOf(builder.input(0));
  GLINT_ASSIGN(const Shape sums, sumShape(in, filters));
  SumInput input = lowerWeights(*this, builder.input(0), kernelSize, in.channels(), filters, true);
  lowerShifts(input, *this, in.channels());
  lowerMac(builder, *this, slidingWindow(kernelSize, kernelStride, padding), std::move(input), sums,
           poolPadding());
  return {};
}

}  // namespace glint::akida
