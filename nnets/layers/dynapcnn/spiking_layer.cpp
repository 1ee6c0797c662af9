#include "nnets/layers/dynapcnn/spiking_layer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "nnets/layers/akida/window.h"

namespace glint::dynapcnn {
namespace {

using akida::checkPair;
using akida::checkRange;
using akida::kMaxExtent;

constexpr std::int64_t kMembraneLimit = (std::int64_t{1} << (kMembraneBits - 1)) - 1;
constexpr std::int64_t kExactLimit = (std::int64_t{1} << 24) - 1;  ///< of binary32
constexpr std::int64_t kMostCounts = std::numeric_limits<std::int32_t>::max();

VariableDecl number(std::string name, bool integers, Interval range) {
  VariableDecl decl;
  decl.name = std::move(name);
  decl.dtype = integers ? DType::I32 : DType::F32;
  decl.shape = Shape{1};
  decl.range = range;
  return decl;
}

std::int64_t neurons(std::int64_t n, int kernel, int stride, int padding) {
  return n + 2 * std::int64_t{padding} < kernel ? 0 : (n + 2 * padding - kernel) / stride + 1;
}

Status checkFits(const char* what, std::int64_t size, std::int64_t n, const char* of) {
  if (size <= n) return {};
  return Error{Errc::Value, std::string(what) + " is " + std::to_string(size) +
                                " along an axis of " + std::to_string(n) + " " + of +
                                ", legal: at most as many"};
}

}  // namespace

void SpikingLayer::fields(FieldVisitor& visitor) {
  visitor.field("filters", filters, FieldVisitor::Need::Required);
  visitor.field("kernel_size", kernelSize, FieldVisitor::Need::Required);
  visitor.field("stride", stride);
  visitor.field("padding", padding);
  visitor.field("pool", pool);
  visitor.field("max_spikes", maxSpikes);
  visitor.field("reset_to_value", resetToValue);
  visitor.field("count_limit", countLimit);
  visitor.field("integers", integers);
}

Shape SpikingLayer::neuronShape(const Shape& input) const {
  return {neurons(input[0], kernelSize.x, stride.x, padding.x),
          neurons(input[1], kernelSize.y, stride.y, padding.y), filters};
}

Result<TensorType> SpikingLayer::outputType(std::span<const TensorType> inputs) const {
  const TensorType& in = inputs[0];
  GLINT_TRY(checkRange("filters", filters, 1, kMaxExtent));
  GLINT_TRY(checkPair("kernel_size", kernelSize, 1, kMaxExtent));
  GLINT_TRY(checkPair("stride", stride, 1, kMaxExtent));
  GLINT_TRY(checkPair("padding", padding, 0, kMaxExtent));
  GLINT_TRY(checkPair("pool", pool, 1, kMaxExtent));
  GLINT_TRY(checkRange("max_spikes", maxSpikes, 0, kMembraneLimit));
  GLINT_TRY(checkRange("count_limit", countLimit, 0, kMostCounts));
  if (in.isFloat) return Error{Errc::Value, "the input is " + in.toString() + ", legal: integers"};
  GLINT_TRY(checkFits("kernel_size", kernelSize.x, in.x() + 2 * padding.x, "rows with padding"));
  GLINT_TRY(checkFits("kernel_size", kernelSize.y, in.y() + 2 * padding.y, "columns with padding"));
  const Shape taps{kernelSize.x, kernelSize.y, in.channels()};
  if (taps.size() > akida::kMaxTaps) {
    return Error{Errc::Value, "a neuron adds " + std::to_string(taps.size()) +
                                  " products, legal: at most " + std::to_string(akida::kMaxTaps)};
  }
  const Shape at = neuronShape(in.shape);
  GLINT_TRY(akida::checkShape("the map of neurons", at));
  GLINT_TRY(checkFits("pool", pool.x, at[0], "neurons"));
  GLINT_TRY(checkFits("pool", pool.y, at[1], "neurons"));
  std::int64_t most = kMostCounts;
  if (countLimit > 0) most = countLimit;
  if (integers || maxSpikes > 0) {
    const std::int64_t each = maxSpikes > 0 ? maxSpikes : kMembraneLimit;
    most = std::min(most, each * pool.x * pool.y);
  }
  const auto bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(most)));
  return TensorType{Shape{at[0] / pool.x, at[1] / pool.y, filters}, bits, false, false};
}

std::vector<VariableDecl> SpikingLayer::variableTable(std::span<const TensorType> inputs) const {
  const Interval limit{-kMembraneLimit, kMembraneLimit};
  std::vector<VariableDecl> table;
  VariableDecl weights = number("weights", integers, integerRange(8, true));
  if (integers) weights.dtype = DType::I8;
  weights.shape = Shape{kernelSize.x, kernelSize.y, inputs[0].channels(), filters};
  weights.required = true;
  table.push_back(std::move(weights));
  table.push_back(number("bias", integers, limit));
  table.back().shape = Shape{filters};
  VariableDecl threshold = number("threshold", integers, {1, kMembraneLimit});
  threshold.required = true;
  threshold.neutral = 1;
  threshold.positive = true;
  table.push_back(std::move(threshold));
  table.push_back(number("min_v_mem", integers, limit));
  table.back().absentIsNone = true;
  table.push_back(number(resetToValue ? "reset_value" : "subtract_value", integers, limit));
  table.back().absentIsNone = !resetToValue;
  return table;
}

std::vector<StateDecl> SpikingLayer::stateTable(std::span<const TensorType> inputs) const {
  return {
      {"membrane", {neuronShape(inputs[0].shape), integers ? kMembraneBits : 32, true, !integers}}};
}

std::int64_t SpikingLayer::macs(std::span<const TensorType> inputs) const {
  return neuronShape(inputs[0].shape).size() * kernelSize.x * kernelSize.y * inputs[0].channels();
}

int SpikingLayer::exactInputLimit() const {
  const Tensor& weights = variables.find("weights")->second;
  std::vector<std::int64_t> sums(static_cast<std::size_t>(filters), 1);
  for (std::int64_t i = 0; i < weights.size(); ++i) {
    sums[static_cast<std::size_t>(i % filters)] += std::abs(weights.integer(i));
  }
  std::int64_t limit = kExactLimit;
  for (std::int64_t f = 0; f < filters; ++f) {
    const std::int64_t room = kExactLimit - std::abs(variable("bias", f));
    limit = std::min(limit, room / sums[static_cast<std::size_t>(f)]);
  }
  return static_cast<int>(std::max<std::int64_t>(limit, 255));
}

}  // namespace glint::dynapcnn
