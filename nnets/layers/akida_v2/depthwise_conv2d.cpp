#include "nnets/layers/akida_v2/depthwise_conv2d.h"

namespace glint::akida {

void DepthwiseConv2D::fields(FieldVisitor& visitor) {
  windowFields(visitor);
  post.fields(visitor);
  visitor.field("weights_bits", weightsBits);
}

Result<TensorType> DepthwiseConv2D::outputType(std::span<const TensorType> inputs) const {
  GLINT_ASSIGN(const Shape sums, sumShape(inputs[0], inputs[0].channels()));
  return finishType(inputs[0], sums, kernelTaps(), poolPadding());
}

std::vector<VariableDecl> DepthwiseConv2D::variableTable(std::span<const TensorType> inputs) const {
  const std::int64_t channels = inputs[0].channels();
  return declare(Shape{kernelSize, kernelSize, channels, 1}, 0, channels);
}

std::int64_t DepthwiseConv2D::macs(std::span<const TensorType> inputs) const {
  return sumCount(inputs[0]) * kernelTaps() * inputs[0].channels();
}

}  // namespace glint::akida
