#include "nnets/layers/akida_v1/input_convolutional.h"

#include <string>

#include "nnets/layers/akida/feed.h"
#include "nnets/layers/akida/window.h"

namespace glint::akida {

void InputConvolutional::fields(FieldVisitor& visitor) {
  visitor.field("input_shape", inputShape, FieldVisitor::Need::Required);
  filterFields(visitor);
  visitor.field("padding_value", paddingValue);
}

Result<TensorType> InputConvolutional::feedType() const {
  GLINT_ASSIGN(const Shape shape, feedShape(inputShape));
  if (shape[2] != 1 && shape[2] != 3) {
    return Error{Errc::Value,
                 "input_shape is " + shape.toString() + ", legal: 1 or 3 channels, a picture"};
  }
  return TensorType{shape, 8, false, false};
}

Status InputConvolutional::setFeedExtent(std::int64_t x, std::int64_t y) {
  return setFeedShape(inputShape, x, y);
}

Status InputConvolutional::checkWeightsBits() const {
  return checkOneOf("weights_bits", weightsBits, {1, 2, 4, 8});
}

Result<TensorType> InputConvolutional::outputType(std::span<const TensorType> inputs) const {
  GLINT_TRY(checkRange("padding_value", paddingValue, 0, 255));
  GLINT_ASSIGN(const TensorType output, filterType(inputs[0]));
  GLINT_TRY(checkWeightCount(kernelTaps() * inputs[0].channels(), filters));
  return output;
}

std::vector<VariableDecl> InputConvolutional::variableTable(
    std::span<const TensorType> inputs) const {
  std::vector<VariableDecl> table{
      declareWeights("weights", Shape{kernelSize.x, kernelSize.y, inputs[0].channels(), filters})};
  declareActivation(table, filters);
  return table;
}

std::vector<std::int64_t> InputConvolutional::weightSums(const TensorType&) const {
  return sumsOfMagnitudes("weights", filters);
}

std::int64_t InputConvolutional::macs(std::span<const TensorType> inputs) const {
  return sumCount(inputs[0]) * filters * kernelTaps() * inputs[0].channels();
}

}  // namespace glint::akida
