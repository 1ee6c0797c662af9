#include "nnets/layers/akida_transformer/mad_norm.h"

#include <cstdlib>

#include "nnets/layers/akida_v2/mac_layer_lower.h"

namespace glint::akida {
namespace {

constexpr int kInner = 32;

/// An op at every position by itself, between `channels` of a value and those of `output`, with
/// ones for weights.
Op pointOp(SumInput input, std::vector<Step> steps, int output) {
  Op op;
  op.inputs.push_back(std::move(input));
  op.steps = std::move(steps);
  op.output = output;
  return op;
}

SumInput ones(int value, std::int64_t weights) {
  SumInput input;
  input.value = value;
  input.weights.assign(static_cast<std::size_t>(weights), 1);
  return input;
}

}  // namespace

Status MadNorm::lower(OpBuilder& builder) const {
  const TensorType in = builder.typeOf(builder.input(0));
  const std::int64_t channels = in.channels();
  const Interval buffer = integerRange(post.bufferBits, true);
  const TensorType wide{in.shape, kInner, true, false};
  int x = builder.input(0);
  if (hasVariable("input_shift") || !buffer.contains(in.range())) {
    SumInput shifted = ownChannel(x, channels);
    lowerShifts(shifted, *this, channels);
    x = builder.addInner("shifted", wide);
    builder.add(pointOp(std::move(shifted), {}, x));
  }
  const int magnitudes = builder.addInner("magnitudes", wide);
  builder.add(pointOp(ownChannel(x, channels), {AbsStep{}}, magnitudes));
  const int sum = builder.addInner("sum", {Shape{in.x(), in.y(), 1}, kInner, true, false});
  builder.add(pointOp(ones(magnitudes, channels), {clampAll(1, buffer)}, sum));
  DivideStep divide;
  Op scaled;
  scaled.reduce = Op::Reduce::Product;
  for (std::int64_t c = 0; c < channels; ++c) {
    divide.numerator.push_back(numerator(c));
    // No magnitude exceeds their sum, but by one where that saturates (docs/exactness.md).
    const std::int64_t top = std::abs(numerator(c));
    scaled.product.bound.push_back(top + top / buffer.hi);
  }
  const int quotients = builder.addInner("quotients", wide);
  builder.add(pointOp(ones(sum, channels), {divide}, quotients));
  scaled.inputs.resize(2);
  scaled.inputs[0].value = x;
  scaled.inputs[1].value = quotients;
  scaled.steps = sumSteps(*this, channels);
  appendOutput(scaled.steps, *this, builder.outputType());
  builder.add(std::move(scaled));
  return {};
}

}  // namespace glint::akida
