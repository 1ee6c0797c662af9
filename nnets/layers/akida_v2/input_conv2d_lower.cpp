#include "nnets/layers/akida_v2/input_conv2d.h"

#include "nnets/layers/akida_v2/mac_layer_lower.h"

namespace glint::akida {

Status InputConv2D::lower(OpBuilder& builder) const {
  const TensorType& in = builder.typeOf(builder.input(0));
  GLINT_ASSIGN(const Shape sums, sumShape(in, filters));
  std::vector<int> fill;
  for (std::int64_t c = 0; c < in.channels(); ++c) fill.push_back(static_cast<int>(border(c)));
  builder.setFill(builder.input(0), fill);
  lowerMac(builder, *this, slidingWindow(kernelSize, kernelStride, padding),
           lowerWeights(*this, builder.input(0), kernelSize, in.channels(), filters, false), sums,
           poolPadding());
  return {};
}

}  // namespace glint::akida
