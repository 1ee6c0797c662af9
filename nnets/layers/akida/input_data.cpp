#include "nnets/layers/akida/input_data.h"

#include "nnets/layers/akida/feed.h"

namespace glint::akida {

void InputData::fields(FieldVisitor& visitor) {
  visitor.field("input_shape", inputShape, FieldVisitor::Need::Required);
  visitor.field("input_bits", inputBits);
  visitor.field("input_signed", inputSigned);
}

Result<TensorType> InputData::feedType() const {
  GLINT_ASSIGN(const Shape shape, feedShape(inputShape));
  GLINT_TRY(checkWidth("input_bits", inputBits, inputSigned));
  return TensorType{shape, inputBits, inputSigned, false};
}

Status InputData::setFeedExtent(std::int64_t x, std::int64_t y) {
  return setFeedShape(inputShape, x, y);
}

Result<TensorType> InputData::outputType(std::span<const TensorType> inputs) const {
  return inputs[0];
}

std::vector<VariableDecl> InputData::variableTable(std::span<const TensorType>) const { return {}; }

Tensor InputData::reference(std::span<const Tensor> inputs, const TensorType&, LayerState&) const {
  return inputs[0];
}

}  // namespace glint::akida
