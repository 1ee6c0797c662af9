#include "nnets/layers/akida_v2/conv2d_transpose.h"

#include "nnets/layers/akida_v2/mac_layer_lower.h"

namespace glint::akida {

Status Conv2DTranspose::lower(OpBuilder& builder) const {
  const TensorType& in = builder.typeOf(builder.input(0));
  GLINT_ASSIGN(const Shape sums, sumShape(in, filters));
  SumInput input = lowerWeights(*this, builder.input(0), kernelSize, in.channels(), filters, false);
  lowerShifts(input, *this, in.channels());
  lowerMac(builder, *this,
           {WindowGeometry::Kind::Transposed, {kernelSize, 1}, {kernelSize, 1}, Padding::Same},
           std::move(input), sums, Padding::Same);
  return {};
}

}  // namespace glint::akida
