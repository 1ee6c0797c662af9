#include "nnets/layers/akida_temporal/stateful_recurrent.h"

#include "nnets/layers/akida_v2/mac_layer_lower.h"

namespace glint::akida {
namespace {

const WindowGeometry kPoint = {WindowGeometry::Kind::Sliding, {1, 1}, {1, 1}, Padding::Same};

Step clampAll(std::int64_t channels, int bits) {
  const Interval range = integerRange(bits, true);
  const auto n = static_cast<std::size_t>(channels);
  return ClampStep{std::vector<std::int64_t>(n, range.lo), std::vector<std::int64_t>(n, range.hi)};
}

/// The matrix `weights` [cin, cout] on `value`.
SumInput product(const Tensor& weights, int value) {
  SumInput input;
  input.value = value;
  for (std::int64_t i = 0; i < weights.size(); ++i) input.weights.push_back(weights.integer(i));
  return input;
}

/// The state of the step before, times `sign` * `factors`.
SumInput before(int value, const Tensor& factors, int sign) {
  SumInput input;
  input.value = value;
  input.age = 1;
  input.diagonal = true;
  for (std::int64_t i = 0; i < factors.size(); ++i) {
    input.weights.push_back(sign * factors.integer(i));
  }
  return input;
}

SumInput plain(int value, bool atStep) {
  SumInput input;
  input.value = value;
  input.diagonal = true;
  input.atStep = atStep;
  return input;
}

/// An op at every position by itself.
Op pointOp(Op::Reduce reduce, std::vector<SumInput> inputs, std::vector<Step> steps, int output) {
  Op op;
  op.reduce = reduce;
  op.geometry = kPoint;
  op.inputs = std::move(inputs);
  op.steps = std::move(steps);
  op.output = output;
  return op;
}

}  // namespace

Status StatefulRecurrent::lower(OpBuilder& builder) const {
  const auto variableOf = [&](const char* of) -> const Tensor& {
    return variables.find(of)->second;
  };
  const Tensor &aReal = variableOf("A_real"), &aImag = variableOf("A_imag");
  const std::int64_t states = statefulChannels;
  const TensorType in = builder.typeOf(builder.input(0));
  const int bits = post.postOpBufferBits;
  const TensorType wide{Shape{1, 1, states}, bits, true, false};
  RescaleStep enter{{}, {}, bits, integerRange(bits, true)};
  RescaleStep round{{}, {}, bits, integerRange(internalStateBits, true)};
  for (std::int64_t s = 0; s < states; ++s) {
    enter.scale.push_back(static_cast<int>(variable("new_state_scale", s, 1)));
    enter.shift.push_back(static_cast<int>(variable("new_state_shift", s)));
    round.scale.push_back(1);
    round.shift.push_back(static_cast<int>(variable("internal_state_outputs_shift", s)));
  }

  // What comes into the state: of all steps at once.
  SumInput projected = product(variableOf("in_proj"), builder.input(0));
  lowerShifts(projected, *this, in.channels());
  const int entering = builder.addInner("entering", {Shape{1, in.y(), states}, bits, true, false});
  builder.add(
      pointOp(Op::Reduce::Sum, {projected}, {clampAll(states, post.bufferBits), enter}, entering));

  // The recurrence. No op writes what it reads of the step before: both turns come first.
  builder.beginScan(static_cast<int>(in.y()), subsample);
  const TensorType kept{Shape{1, 1, states}, internalStateBits, true, false};
  const int real = builder.addRecurrent("real", kept), imag = builder.addRecurrent("imag", kept);
  const int turnedReal = builder.addInner("turned_real", wide);
  const int turnedImag = builder.addInner("turned_imag", wide);
  builder.add(pointOp(Op::Reduce::Sum, {before(real, aReal, 1), before(imag, aImag, -1)},
                      {clampAll(states, bits)}, turnedReal));
  builder.add(pointOp(Op::Reduce::Sum, {before(real, aImag, 1), before(imag, aReal, 1)},
                      {clampAll(states, bits)}, turnedImag));
  Op add = pointOp(Op::Reduce::Saturated, {plain(turnedReal, false), plain(entering, true)},
                   {round}, real);
  add.saturateBits = bits;
  builder.add(add);
  Op copy = pointOp(Op::Reduce::Saturated, {plain(turnedImag, false)}, {round}, imag);
  copy.saturateBits = bits;
  builder.add(copy);

  builder.emit();
  lowerMac(builder, *this, kPoint, product(variableOf("out_proj"), real),
           builder.outputType().shape, Padding::Same);
  return {};
}

}  // namespace glint::akida
