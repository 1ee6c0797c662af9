#include "nnets/layers/akida_v1/convolutional.h"

namespace glint::akida {

void Convolutional::fields(FieldVisitor& visitor) { filterFields(visitor); }

Result<TensorType> Convolutional::outputType(std::span<const TensorType> inputs) const {
  GLINT_TRY(checkInput(inputs[0]));
  GLINT_ASSIGN(const TensorType output, filterType(inputs[0]));
  GLINT_TRY(checkWeightCount(kernelTaps() * inputs[0].channels(), filters));
  return output;
}

std::vector<VariableDecl> Convolutional::variableTable(std::span<const TensorType> inputs) const {
  std::vector<VariableDecl> table{
      declareWeights("weights", Shape{kernelSize.x, kernelSize.y, inputs[0].channels(), filters})};
  declareActivation(table, filters);
  return table;
}

std::vector<std::int64_t> Convolutional::weightSums(const TensorType&) const {
  return sumsOfMagnitudes("weights", filters);
}

std::int64_t Convolutional::macs(std::span<const TensorType> inputs) const {
  return sumCount(inputs[0]) * filters * kernelTaps() * inputs[0].channels();
}

}  // namespace glint::akida
