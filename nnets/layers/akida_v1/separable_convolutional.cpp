#include "nnets/layers/akida_v1/separable_convolutional.h"

#include <cstdlib>

#include "core/interval.h"

namespace glint::akida {

void SeparableConvolutional::fields(FieldVisitor& visitor) { filterFields(visitor); }

Result<TensorType> SeparableConvolutional::outputType(std::span<const TensorType> inputs) const {
  GLINT_TRY(checkInput(inputs[0]));
  GLINT_ASSIGN(const TensorType output, filterType(inputs[0]));
  GLINT_TRY(checkWeightCount(kernelTaps(), inputs[0].channels()));
  GLINT_TRY(checkWeightCount(inputs[0].channels(), filters));
  return output;
}

std::vector<VariableDecl> SeparableConvolutional::variableTable(
    std::span<const TensorType> inputs) const {
  const std::int64_t channels = inputs[0].channels();
  std::vector<VariableDecl> table{
      declareWeights("weights", Shape{kernelSize.x, kernelSize.y, channels, 1}),
      declareWeights("weights_pw", Shape{1, 1, channels, filters})};
  declareActivation(table, filters);
  return table;
}

std::vector<std::int64_t> SeparableConvolutional::weightSums(const TensorType& input) const {
  const std::int64_t channels = input.channels();
  const std::vector<std::int64_t> spatial = sumsOfMagnitudes("weights", channels);
  std::vector<std::int64_t> sums(static_cast<std::size_t>(filters), 0);
  if (!hasVariable("weights_pw")) return sums;
  for (std::int64_t c = 0; c < channels; ++c)
    for (std::int64_t f = 0; f < filters; ++f) {
      const Interval product = Interval{0, spatial[static_cast<std::size_t>(c)]} *
                               std::abs(variable("weights_pw", c * filters + f));
      std::int64_t& sum = sums[static_cast<std::size_t>(f)];
      sum = (Interval{0, sum} + product).hi;
    }
  return sums;
}

std::int64_t SeparableConvolutional::macs(std::span<const TensorType> inputs) const {
  return sumCount(inputs[0]) * inputs[0].channels() * (kernelTaps() + filters);
}

}  // namespace glint::akida
