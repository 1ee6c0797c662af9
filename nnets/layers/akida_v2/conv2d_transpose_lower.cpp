#include "nnets/layers/akida_v2/conv2d_transpose.h"
#include "nnets/layers/akida_v2/mac_layer_lower.h"

namespace glint::akida {

Status Conv2DTranspose::lower(OpBuilder& builder) const {
  const TensorType& in = builder.typeOf(builder.input(0));
  GLINT_ASSIGN(const Shape sums, sumShape(in, filters));
  lowerMac(builder, *this, {WindowGeometry::Kind::Transposed, kernelSize, 1, Padding::Same},
           lowerWeights(*this, builder.input(0), kernelSize, in.channels(), filters, false), sums,
           Padding::Same);
  return {};
}

}  // namespace glint::akida
