#include "nnets/layers/akida_v2/depthwise_conv2d.h"

#include "nnets/layers/akida_v2/mac_layer_lower.h"

namespace glint::akida {

Status DepthwiseConv2D::lower(OpBuilder& builder) const {
  const TensorType& in = builder.typeOf(builder.input(0));
  GLINT_ASSIGN(const Shape sums, sumShape(in, in.channels()));
  SumInput input = lowerWeights(*this, builder.input(0), kernelSize, in.channels(), 1, true);
  input.diagonal = true;
  lowerMac(builder, *this, slidingWindow(kernelSize, kernelStride, padding), std::move(input), sums,
           poolPadding());
  return {};
}

}  // namespace glint::akida
