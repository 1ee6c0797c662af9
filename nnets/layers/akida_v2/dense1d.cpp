#include "nnets/layers/akida_v2/dense1d.h"

#include "nnets/layers/akida/window.h"

namespace glint::akida {

void Dense1D::fields(FieldVisitor& visitor) {
  visitor.field("units", units, FieldVisitor::Need::Required);
  post.fields(visitor);
  visitor.field("weights_bits", weightsBits);
}

Result<TensorType> Dense1D::outputType(std::span<const TensorType> inputs) const {
  GLINT_TRY(checkRange("units", units, 1, kMaxExtent));
  return finishType(inputs[0], Shape{1, 1, units}, inputs[0].shape.size(), Padding::Same);
}

std::vector<VariableDecl> Dense1D::variableTable(std::span<const TensorType> inputs) const {
  const std::int64_t count = inputs[0].shape.size();
  return declare(Shape{count, units}, count, units);
}

std::int64_t Dense1D::macs(std::span<const TensorType> inputs) const {
  return inputs[0].shape.size() * units;
}

}  // namespace glint::akida
