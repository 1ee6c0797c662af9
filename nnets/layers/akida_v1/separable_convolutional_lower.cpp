#include "nnets/layers/akida_v1/separable_convolutional.h"

#include "nnets/layers/akida_v1/potential_layer_lower.h"

namespace glint::akida {

Status SeparableConvolutional::lower(OpBuilder& builder) const {
  const TensorType in = builder.typeOf(builder.input(0));
  GLINT_ASSIGN(const Shape sums, sumShape(in, in.channels()));
  Op depthwise;
  depthwise.geometry = kernelWindow(*this);
  depthwise.inputs.push_back(lowerKernel(*this, builder.input(0), in.channels(), true));
  depthwise.inputs[0].diagonal = true;
  const int value = builder.addInner("depthwise", {sums, 32, true, false});
  depthwise.output = value;
  builder.add(std::move(depthwise));

  Op pointwise;
  SumInput mixed;
  mixed.value = value;
  mixed.weights = values("weights_pw", in.channels() * filters);
  pointwise.inputs.push_back(std::move(mixed));
  return lowerPooled(builder, *this, in, std::move(pointwise));
}

}  // namespace glint::akida
