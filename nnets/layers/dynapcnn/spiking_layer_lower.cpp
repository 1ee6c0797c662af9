#include "nnets/layers/dynapcnn/spiking_layer.h"

#include <algorithm>
#include <limits>

#include "nnets/graph/op_graph.h"

namespace glint::dynapcnn {
namespace {

constexpr std::int64_t kMostCounts = std::numeric_limits<std::int32_t>::max();

Step clampAll(std::int64_t channels, Interval range) {
  const auto n = static_cast<std::size_t>(channels);
  return ClampStep{std::vector<std::int64_t>(n, range.lo), std::vector<std::int64_t>(n, range.hi)};
}

SumInput ofOwn(int value, int age, std::int64_t weights) {
  SumInput input;
  input.value = value;
  input.age = age;
  input.diagonal = true;
  input.weights.assign(static_cast<std::size_t>(weights), 1);
  return input;
}

WindowGeometry::Axis padded(int size, int stride, int padding) {
  return {size, stride, true, padding, padding};
}

}  // namespace

Status SpikingLayer::lower(OpBuilder& builder) const {
  if (!integers) return Error{Errc::Unsupported, "its parameters are no integers"};
  const Interval membrane = integerRange(kMembraneBits, true);
  const Shape at = neuronShape(builder.typeOf(builder.input(0)).shape);

  // What comes in. More than twice the membrane's range saturates u, whatever the membrane is.
  Op conv;
  conv.geometry.x = padded(kernelSize.x, stride.x, padding.x);
  conv.geometry.y = padded(kernelSize.y, stride.y, padding.y);
  SumInput summand;
  summand.value = builder.input(0);
  const Tensor& weights = variables.find("weights")->second;
  for (std::int64_t i = 0; i < weights.size(); ++i) summand.weights.push_back(weights.integer(i));
  conv.inputs.push_back(std::move(summand));
  if (hasVariable("bias")) conv.steps.push_back(OffsetStep{values("bias", filters)});
  conv.steps.push_back(clampAll(filters, membrane * 2));
  conv.output = builder.addInner("current", {at, kMembraneBits + 1, true, false});
  const int current = conv.output;
  builder.add(std::move(conv));

  // Two ops read it and the membrane of the step before: one for what remains, one for spikes.
  const int kept = builder.addRecurrent("membrane", {at, kMembraneBits, true, false});
  const SpikeStep spikes{variable("threshold", 0, 1), maxSpikes};
  Op fire;
  fire.inputs = {ofOwn(current, 0, filters), ofOwn(kept, 1, filters)};
  fire.steps.push_back(clampAll(filters, membrane));
  Op remain = fire;
  remain.steps.push_back(MembraneStep{
      spikes, resetToValue,
      resetToValue ? variable("reset_value", 0) : variable("subtract_value", 0, spikes.threshold)});
  Interval legal = membrane;
  if (hasVariable("min_v_mem")) legal.lo = variable("min_v_mem", 0);
  remain.steps.push_back(clampAll(filters, legal));
  remain.output = kept;
  builder.add(std::move(remain));

  fire.steps.push_back(spikes);
  const Step limit = clampAll(filters, {0, countLimit > 0 ? countLimit : kMostCounts});
  if (pool == Pair{}) {
    fire.steps.push_back(limit);
    builder.add(std::move(fire));
    return {};
  }
  fire.output = builder.addInner("spikes", {at, kMembraneBits, false, false});
  Op sum;
  sum.geometry.x = {pool.x, pool.x};
  sum.geometry.y = {pool.y, pool.y};
  sum.inputs = {ofOwn(fire.output, 0, filters * pool.x * pool.y)};
  sum.steps.push_back(limit);
  builder.add(std::move(fire));
  builder.add(std::move(sum));
  return {};
}

}  // namespace glint::dynapcnn
