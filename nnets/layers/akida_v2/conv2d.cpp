#include "nnets/layers/akida_v2/conv2d.h"

#include "nnets/layers/akida/window.h"

namespace glint::akida {

void Conv2D::fields(FieldVisitor& visitor) {
  visitor.field("filters", filters, FieldVisitor::Need::Required);
  windowFields(visitor);
  post.fields(visitor);
  visitor.field("weights_bits", weightsBits);
}

Result<TensorType> Conv2D::outputType(std::span<const TensorType> inputs) const {
  GLINT_TRY(checkRange("filters", filters, 1, kMaxExtent));
  GLINT_ASSIGN(const Shape sums, sumShape(inputs[0], filters));
  return finishType(inputs[0], sums, kernelTaps() * inputs[0].channels(), poolPadding());
}

std::vector<VariableDecl> Conv2D::variableTable(std::span<const TensorType> inputs) const {
  const std::int64_t channels = inputs[0].channels();
  return declare(Shape{kernelSize, kernelSize, channels, filters}, channels, filters);
}

std::int64_t Conv2D::macs(std::span<const TensorType> inputs) const {
  return sumCount(inputs[0]) * filters * kernelTaps() * inputs[0].channels();
}

}  // namespace glint::akida
