#include "nnets/layers/akida_v2/conv2d_transpose.h"

#include "nnets/layers/akida/window.h"

namespace glint::akida {

void Conv2DTranspose::fields(FieldVisitor& visitor) {
  visitor.field("filters", filters, FieldVisitor::Need::Required);
  visitor.field("kernel_size", kernelSize, FieldVisitor::Need::Required);
  post.fields(visitor);
  visitor.field("weights_bits", weightsBits);
}

Result<TensorType> Conv2DTranspose::outputType(std::span<const TensorType> inputs) const {
  GLINT_TRY(checkRange("filters", filters, 1, kMaxExtent));
  GLINT_ASSIGN(const Shape sums, sumShape(inputs[0], filters));
  return finishType(inputs[0], sums, kernelTaps() * inputs[0].channels(), Padding::Same);
}

std::vector<VariableDecl> Conv2DTranspose::variableTable(std::span<const TensorType> inputs) const {
  const std::int64_t channels = inputs[0].channels();
  return declare(Shape{kernelSize, kernelSize, channels, filters}, channels, filters);
}

std::int64_t Conv2DTranspose::macs(std::span<const TensorType> inputs) const {
  return inputs[0].shape.size() * kernelTaps() * filters;
}

}  // namespace glint::akida
