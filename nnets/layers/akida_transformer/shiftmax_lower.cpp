#include "nnets/layers/akida_transformer/shiftmax_lower.h"

#include <algorithm>

#include "nnets/layers/akida_transformer/shiftmax.h"
#include "nnets/layers/akida_v2/mac_layer_lower.h"

namespace glint::akida {
namespace {

/// The square root of 2, times 2^30, rounded down.
constexpr std::int64_t kRootOfTwo = 1518500249;

std::vector<std::int64_t> each(std::int64_t channels, std::int64_t v) {
  return std::vector<std::int64_t>(static_cast<std::size_t>(channels), v);
}

/// One channel, times `weight`, for each of `channels`, or the sum of all channels.
SumInput broadcast(int value, std::int64_t channels, std::int64_t weight) {
  SumInput input;
  input.value = value;
  input.weights = each(channels, weight);
  return input;
}

/// The bounds of the powers of two from 2^(2E) to which a sum can round: the first integer above
/// sqrt(2) * 2^k.
ThresholdStep nearestPower(int fraction, int bufferBits) {
  ThresholdStep step;
  for (int k = 2 * fraction; k <= bufferBits - 2; ++k) {
    step.bounds.push_back({(kRootOfTwo >> (30 - k)) + 1});
  }
  return step;
}

}  // namespace

ShiftStep shiftStep(const std::vector<std::int64_t>& shift) {
  ShiftStep step;
  for (std::int64_t s : shift)
    step.shift.push_back(static_cast<int>(std::min<std::int64_t>(s, 31)));
  return step;
}

void lowerShiftmax(OpBuilder& builder, int value, int fraction, int bufferBits, int output) {
  const TensorType in = builder.typeOf(value);
  const std::int64_t channels = in.channels();
  const TensorType one{Shape{in.x(), in.y(), 1}, 32, true, false};
  const TensorType small{in.shape, 8, true, false};
  Op most;
  most.reduce = Op::Reduce::Widest;
  most.inputs.resize(1);
  most.inputs[0].value = value;
  most.output = builder.addInner("most", one);
  const int greatest = most.output;
  builder.add(std::move(most));

  // y + E; what is below 0 is -1, which is as far as 2^ can tell.
  Op power;
  power.inputs = {ownChannel(value, channels), broadcast(greatest, channels, -1)};
  power.steps = {OffsetStep{each(channels, 2 * fraction)}, clampAll(channels, {-1, 2 * fraction})};
  power.output = builder.addInner("powers", small);
  const int powers = power.output;
  builder.add(std::move(power));

  Op exponential;
  exponential.inputs = {ownChannel(powers, channels)};
  exponential.steps = {Exp2Step{}};
  exponential.output = builder.addInner("exponentials", {in.shape, 32, true, false});
  const int exponentials = exponential.output;
  builder.add(std::move(exponential));

  // The greatest of them is 2^(2E), so the sum is not below that.
  Op sum;
  sum.inputs = {broadcast(exponentials, channels, 1)};
  const Interval buffer = integerRange(bufferBits, true);
  sum.steps = {clampAll(1, {std::int64_t{1} << (2 * fraction), buffer.hi}),
               nearestPower(fraction, bufferBits), OffsetStep{each(1, 2 * fraction)}};
  sum.output = builder.addInner("logarithm", {one.shape, 8, true, false});
  const int logarithm = sum.output;
  builder.setFill(logarithm, {2 * fraction});  // nothing reads beyond the map; no range includes it
  builder.add(std::move(sum));

  Op result;
  result.inputs = {ownChannel(powers, channels), broadcast(logarithm, channels, -1)};
  result.steps = {OffsetStep{each(channels, fraction)}, Exp2Step{}};
  result.output = output;
  builder.add(std::move(result));
}

Status Shiftmax::lower(OpBuilder& builder) const {
  const TensorType in = builder.typeOf(builder.input(0));
  int value = builder.input(0);
  if (hasVariable("input_shift")) {
    Op shift;
    shift.reduce = Op::Reduce::Saturated;  // exact for all of 32 bits
    shift.inputs.resize(1);
    shift.inputs[0].value = value;
    shift.steps = {shiftStep(values("input_shift", in.channels()))};
    shift.output = builder.addInner("shifted", {in.shape, 32, true, false});
    value = shift.output;
    builder.add(std::move(shift));
  }
  lowerShiftmax(builder, value, outputBits - 1, bufferBits, -1);
  return {};
}

}  // namespace glint::akida
