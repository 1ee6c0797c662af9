#include "nnets/layers/akida_v1/fully_connected.h"

#include <limits>
#include <string>
#include <utility>

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
  if (learning_) {
    if (weightsBits != 1) {
      return Error{Errc::Value, "weights_bits is " + std::to_string(weightsBits) +
                                    ", legal for a layer that learns: 1"};
    }
    if (inputs[0].bits != 1 || inputs[0].isSigned) {
      return Error{Errc::Value, "the input is " + inputs[0].toString() +
                                    ", legal for a layer that learns: 1 bit, unsigned"};
    }
    GLINT_TRY(checkLearning(*learning_, inputs[0].shape.size(), units));
  }
  return finishType(Shape{1, 1, units});
}

std::vector<VariableDecl> FullyConnected::variableTable(std::span<const TensorType> inputs) const {
  std::vector<VariableDecl> table{
      declareWeights("weights", Shape{1, 1, inputs[0].shape.size(), units})};
  declareActivation(table, units);
  if (!learning_) return table;
  table.front().required = true;
  for (const auto& [variableName, most] :
       {std::pair{"threshold_learning", learning_->numWeights},
        std::pair{"learning_steps", std::numeric_limits<std::int32_t>::max()}}) {
    VariableDecl decl;
    decl.name = variableName;
    decl.dtype = DType::I32;
    decl.shape = Shape{units};
    decl.range = {0, most};
    table.push_back(std::move(decl));
  }
  return table;
}

Status FullyConnected::setLearning(const LearningParams& params) {
  learning_ = params;
  return {};
}

Status FullyConnected::checkTogether(std::span<const TensorType> inputs) const {
  GLINT_TRY(PotentialLayer::checkTogether(inputs));
  if (!learning_) return {};
  const std::vector<std::int64_t> ones = weightSums(inputs[0]);
  for (std::size_t u = 0; u < ones.size(); ++u) {
    if (ones[u] == learning_->numWeights) continue;
    return Error{Errc::Value, "variable 'weights': neuron " + std::to_string(u) + " has " +
                                  std::to_string(ones[u]) + " ones, legal: num_weights, " +
                                  std::to_string(learning_->numWeights)};
  }
  return {};
}

std::vector<std::int64_t> FullyConnected::weightSums(const TensorType&) const {
  return sumsOfMagnitudes("weights", units);
}

std::int64_t FullyConnected::macs(std::span<const TensorType> inputs) const {
  return inputs[0].shape.size() * units;
}

}  // namespace glint::akida
