#include "nnets/layers/akida_v1/potential_layer_lower.h"

#include <algorithm>
#include <cmath>

namespace glint::akida {

WindowGeometry kernelWindow(const FilterLayer& layer) {
  return {WindowGeometry::Kind::Sliding,
          {layer.kernelSize.x, layer.kernelStride.x},
          {layer.kernelSize.y, layer.kernelStride.y},
          layer.padding};
}

SumInput lowerKernel(const FilterLayer& layer, int value, std::int64_t perTap, bool reverse) {
  const std::int64_t taps = std::int64_t{layer.kernelSize.x} * layer.kernelSize.y;
  const std::vector<std::int64_t> weights = layer.values("weights", taps * perTap);
  SumInput input;
  input.value = value;
  input.weights.reserve(weights.size());
  for (std::int64_t t = 0; t < taps; ++t) {
    const auto tap = weights.begin() + (reverse ? taps - 1 - t : t) * perTap;
    input.weights.insert(input.weights.end(), tap, tap + perTap);
  }
  return input;
}

std::int64_t codeBoundary(std::int64_t threshold, float actStep, int actBits, int code) {
  constexpr double kFar = 4294967296.;
  constexpr std::int64_t kUnreachable = std::int64_t{1} << 31;
  // Exact: the 24 bits of a float32, 4 of the code, and a power of two.
  const double distance = static_cast<double>(actStep) * (code - 1) * (1 << (4 - actBits));
  const auto whole = static_cast<std::int64_t>(std::min(std::floor(distance), kFar));
  return std::min(threshold + 1 + whole, kUnreachable);
}

void appendActivation(std::vector<Step>& steps, const PotentialLayer& layer, std::int64_t filters) {
  if (!layer.activation) return;
  const std::vector<std::int64_t> threshold = layer.values("threshold", filters);
  const std::vector<float> actStep = layer.actSteps(filters);
  ThresholdStep step;
  for (int code = 1; code < 1 << layer.actBits; ++code) {
    std::vector<std::int64_t>& bounds = step.bounds.emplace_back();
    for (std::size_t f = 0; f < actStep.size(); ++f) {
      bounds.push_back(codeBoundary(threshold[f], actStep[f], layer.actBits, code));
    }
  }
  steps.push_back(std::move(step));
}

Status lowerPooled(OpBuilder& builder, const FilterLayer& layer, const TensorType& input, Op op) {
  const std::int64_t filters = layer.filters;
  if (layer.poolType == PoolType::NoPooling) {
    appendActivation(op.steps, layer, filters);
    builder.add(std::move(op));
    return {};
  }
  GLINT_ASSIGN(const Shape sums, layer.sumShape(input, filters));
  const bool isMax = layer.poolType == PoolType::Max;
  const bool codes = isMax && layer.activation;
  if (codes) appendActivation(op.steps, layer, filters);
  const int value = builder.addInner(codes ? "codes" : "potentials",
                                     {sums, codes ? layer.actBits : 32, !codes, false});
  op.output = value;
  builder.add(std::move(op));

  Op pooling;
  SumInput pooled;
  pooled.value = value;
  if (isMax) {
    const Pair step = layer.poolStep();
    pooling.reduce = Op::Reduce::Max;
    pooling.geometry = {WindowGeometry::Kind::Sliding,
                        {layer.poolSize.x, step.x},
                        {layer.poolSize.y, step.y},
                        layer.padding};
    // Outside the map nothing may win: the least value the map can hold.
    builder.setFill(value, {codes ? 0 : static_cast<int>(-layer.largestPotential(input))});
  } else {
    pooling.geometry = {WindowGeometry::Kind::Whole, {}, {}, Padding::Valid};
    pooled.diagonal = true;
    pooled.sameAtEveryTap = true;
    pooled.weights.assign(static_cast<std::size_t>(filters), 1);
    appendActivation(pooling.steps, layer, filters);
  }
  pooling.inputs.push_back(std::move(pooled));
  builder.add(std::move(pooling));
  return {};
}

}  // namespace glint::akida
