#include "nnets/layers/akida_v1/potential_layer.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <string>
#include <utility>

#include "core/interval.h"
#include "nnets/layers/akida/window.h"

namespace glint::akida {
namespace {

constexpr std::int64_t kMaxPotential = std::numeric_limits<std::int32_t>::max();

/// |weights| summed `sum` times the largest input, over all positions; saturating.
std::int64_t reachOf(std::int64_t sum, std::int64_t largestInput, std::int64_t positions) {
  return (Interval{0, sum} * largestInput * positions).hi;
}

}  // namespace

void PotentialLayer::activationFields(FieldVisitor& visitor) {
  visitor.field("activation", activation);
  visitor.field("act_bits", actBits);
}

Status PotentialLayer::checkInput(const TensorType& input) {
  const bool narrow = input.bits == 1 || input.bits == 2 || input.bits == 4;
  if (narrow && !input.isFloat) return {};
  return Error{Errc::Value,
               "the input is " + input.toString() + ", legal: integers of 1, 2 or 4 bits"};
}

Status PotentialLayer::checkWeightsBits() const {
  return checkOneOf("weights_bits", weightsBits, {1, 2, 4});
}

Status PotentialLayer::checkWeightCount(std::int64_t taps, std::int64_t filters) {
  if (taps <= kMaxTaps && taps * filters < kMaxElements) return {};
  return Error{Errc::Value, "each of " + std::to_string(filters) + " sums adds " +
                                std::to_string(taps) + " products, legal: at most " +
                                std::to_string(kMaxTaps) + ", and less than 2^31 weights"};
}

Result<TensorType> PotentialLayer::finishType(const Shape& shape) const {
  GLINT_TRY(checkWeightsBits());
  GLINT_TRY(checkOneOf("act_bits", actBits, {1, 2, 4}));
  GLINT_TRY(checkShape("the output", shape));
  return TensorType{shape, activation ? actBits : 32, !activation, false};
}

VariableDecl PotentialLayer::declareWeights(std::string variableName, Shape shape) const {
  VariableDecl decl;
  decl.name = std::move(variableName);
  decl.dtype = DType::I8;
  decl.shape = shape;
  decl.range = integerRange(weightsBits, weightsBits > 1);
  return decl;
}

void PotentialLayer::declareActivation(std::vector<VariableDecl>& table, std::int64_t filters) {
  VariableDecl threshold;
  threshold.name = "threshold";
  threshold.dtype = DType::I32;
  threshold.shape = Shape{filters};
  threshold.range = integerRange(32, true);
  table.push_back(threshold);
  VariableDecl step;
  step.name = "act_step";
  step.dtype = DType::F32;
  step.shape = Shape{filters};
  step.neutral = 1;
  step.positive = true;
  table.push_back(step);
}

std::vector<float> PotentialLayer::actSteps(std::int64_t filters) const {
  const auto found = variables.find("act_step");
  if (found == variables.end()) return std::vector<float>(static_cast<std::size_t>(filters), 1.0F);
  const std::span<const float> steps = found->second.as<float>();
  return {steps.begin(), steps.end()};
}

std::vector<std::int64_t> PotentialLayer::sumsOfMagnitudes(std::string_view variableName,
                                                           std::int64_t columns) const {
  std::vector<std::int64_t> sums(static_cast<std::size_t>(columns), 0);
  const auto found = variables.find(variableName);
  if (found == variables.end()) return sums;
  for (std::int64_t i = 0; i < found->second.size(); ++i) {
    sums[static_cast<std::size_t>(i % columns)] += std::abs(found->second.integer(i));
  }
  return sums;
}

std::int64_t PotentialLayer::largestPotential(const TensorType& input) const {
  const std::vector<std::int64_t> sums = weightSums(input);
  return reachOf(*std::max_element(sums.begin(), sums.end()), input.range().magnitude(),
                 summedPositions(input));
}

Status PotentialLayer::checkTogether(std::span<const TensorType> inputs) const {
  const std::vector<std::int64_t> sums = weightSums(inputs[0]);
  const std::int64_t largest = inputs[0].range().magnitude();
  const std::int64_t positions = summedPositions(inputs[0]);
  for (std::size_t f = 0; f < sums.size(); ++f) {
    const std::int64_t reach = reachOf(sums[f], largest, positions);
    if (reach <= kMaxPotential) continue;
    return Error{Errc::Value,
                 "the potential of filter " + std::to_string(f) + " can reach " +
                     std::to_string(reach) + " (|weights| sum to " + std::to_string(sums[f]) +
                     ", inputs reach " + std::to_string(largest) +
                     (positions > 1 ? ", " + std::to_string(positions) + " positions" : "") +
                     "), legal: at most " + std::to_string(kMaxPotential)};
  }
  return {};
}

}  // namespace glint::akida
