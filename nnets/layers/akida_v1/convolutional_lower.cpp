#include "nnets/layers/akida_v1/convolutional.h"

#include "nnets/layers/akida_v1/potential_layer_lower.h"

namespace glint::akida {

Status Convolutional::lower(OpBuilder& builder) const {
  const TensorType in = builder.typeOf(builder.input(0));
  Op op;
  op.geometry = kernelWindow(*this);
  op.inputs.push_back(lowerKernel(*this, builder.input(0), in.channels() * filters, true));
  return lowerPooled(builder, *this, in, std::move(op));
}

}  // namespace glint::akida
