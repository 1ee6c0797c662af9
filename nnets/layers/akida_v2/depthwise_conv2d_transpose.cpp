#include "nnets/layers/akida_v2/depthwise_conv2d_transpose.h"

namespace glint::akida {

void DepthwiseConv2DTranspose::fields(FieldVisitor& visitor) {
  visitor.field("kernel_size", kernelSize, FieldVisitor::Need::Required);
  post.fields(visitor);
  visitor.field("weights_bits", weightsBits);
}

Result<TensorType> DepthwiseConv2DTranspose::outputType(std::span<const TensorType> inputs) const {
  GLINT_ASSIGN(const Shape sums, sumShape(inputs[0], inputs[0].channels()));
  return finishType(inputs[0], sums, kernelTaps(), Padding::Same);
}

std::vector<VariableDecl> DepthwiseConv2DTranspose::variableTable(
    std::span<const TensorType> inputs) const {
  const std::int64_t channels = inputs[0].channels();
  return declare(Shape{kernelSize, kernelSize, channels, 1}, channels, channels);
}

std::int64_t DepthwiseConv2DTranspose::macs(std::span<const TensorType> inputs) const {
  return inputs[0].shape.size() * kernelTaps();
}

}  // namespace glint::akida
