#include "nnets/layers/akida_v1/fully_connected.h"

#include "nnets/layers/akida/window.h"

namespace glint::akida {

void FullyConnected::fields(FieldVisitor& visitor) {
  visitor.field("units", units, FieldVisitor::Need::Required);
  visitor.field("weights_bits", weightsBits);
  activationFields(visitor);
}

Result<TensorType> FullyConnected::outputType(std::span<const TensorType> inputs) const {
  GLINT_TRY(checkInput(inputs[0]));
  GLINT_TRY(checkRange("units", units, 1, kMaxExtent));
  GLINT_TRY(checkWeightCount(inputs[0].shape.size(), units));
  return finishType(Shape{1, 1, units});
}

std::vector<VariableDecl> FullyConnected::variableTable(std::span<const TensorType> inputs) const {
  std::vector<VariableDecl> table{
      declareWeights("weights", Shape{1, 1, inputs[0].shape.size(), units})};
  declareActivation(table, units);
  return table;
}

std::vector<std::int64_t> FullyConnected::weightSums(const TensorType&) const {
  return sumsOfMagnitudes("weights", units);
}

std::int64_t FullyConnected::macs(std::span<const TensorType> inputs) const {
  return inputs[0].shape.size() * units;
}

}  // namespace glint::akida
