#include "nnets/layers/akida_transformer/dense2d.h"

#include "nnets/layers/akida/window.h"

namespace glint::akida {

void Dense2D::fields(FieldVisitor& visitor) {
  visitor.field("units", units, FieldVisitor::Need::Required);
  post.fields(visitor);
  visitor.field("weights_bits", weightsBits);
}

Result<TensorType> Dense2D::outputType(std::span<const TensorType> inputs) const {
  const TensorType& in = inputs[0];
  GLINT_TRY(checkRange("units", units, 1, kMaxExtent));
  return finishType(in, Shape{in.x(), in.y(), units}, in.channels(), Padding::Same);
}

std::vector<VariableDecl> Dense2D::variableTable(std::span<const TensorType> inputs) const {
  const std::int64_t channels = inputs[0].channels();
  return declare(Shape{channels, units}, channels, units);
}

std::int64_t Dense2D::macs(std::span<const TensorType> inputs) const {
  return inputs[0].shape.size() * units;
}

}  // namespace glint::akida
