#include "nnets/layers/akida_transformer/attention.h"

#include <algorithm>

#include "core/fixed_point.h"
#include "nnets/layers/akida_transformer/shiftmax_lower.h"
#include "nnets/layers/akida_v2/mac_layer_lower.h"

namespace glint::akida {
namespace {

Op productOp(Product::Kind kind, int heads, int a, int b) {
  Op op;
  op.reduce = Op::Reduce::Product;
  op.product.kind = kind;
  op.product.heads = heads;
  op.inputs.resize(2);
  op.inputs[0].value = a;
  op.inputs[1].value = b;
  return op;
}

}  // namespace

Status Attention::lower(OpBuilder& builder) const {
  const TensorType in = builder.typeOf(builder.input(2));
  const std::int64_t tokens = in.y(), channels = in.channels();
  const Interval buffer = integerRange(bufferBits, true);
  const int fraction = shiftmaxOutputBits - 1;
  const TensorType square{Shape{numHeads, tokens, tokens}, 32, true, false};
  int value = builder.input(2);
  if (hasVariable("value_shift") || !buffer.contains(in.range())) {
    Op shifted;
    shifted.inputs = {ownChannel(value, channels)};
    for (std::int64_t c = 0; c < channels; ++c) {
      shifted.inputs[0].shift.push_back(static_cast<int>(variable("value_shift", c)));
    }
    shifted.inputs[0].saturateBits = bufferBits;
    shifted.output = builder.addInner("values", {in.shape, 32, true, false});
    value = shifted.output;
    builder.add(std::move(shifted));
  }

  Op score = productOp(Product::Kind::Scores, numHeads, builder.input(0), builder.input(1));
  score.steps = {clampAll(tokens, buffer)};
  if (const std::int64_t shift = variable("shiftmax_input_shift", 0); shift != 0) {
    score.steps.emplace_back(
        shiftStep(std::vector<std::int64_t>(static_cast<std::size_t>(tokens), shift)));
  }
  score.output = builder.addInner("scores", square);
  const int scores = score.output;
  builder.add(std::move(score));
  const int mask = builder.addInner("mask", square);
  lowerShiftmax(builder, scores, fraction, bufferBits, mask);

  Op mixture = productOp(Product::Kind::Mixture, numHeads, mask, value);
  RescaleStep scale{std::vector<int>(static_cast<std::size_t>(channels), 1),
                    {},
                    62,
                    builder.outputType().range()};  // no post-op clip
  for (std::int64_t c = 0; c < channels; ++c) {
    scale.shift.push_back(static_cast<int>(variable("output_shift", c)));
    // A row of the mask is not negative and adds up to less than 3/2 * 2^E, unless what it is
    // divided by saturates.
    if (tokens << (2 * fraction) > buffer.hi) continue;
    const auto by = static_cast<int>(variable("value_shift", c));
    const Interval v{fixed_point::shiftLeft(in.range().lo, by),
                     fixed_point::shiftLeft(in.range().hi, by)};
    const Interval row{0, (std::int64_t{3} << fraction) / 2};
    mixture.product.bound.push_back((row * clamp(v, buffer).magnitude()).hi);
  }
  mixture.steps = {clampAll(channels, buffer), std::move(scale)};
  builder.add(std::move(mixture));
  return {};
}

}  // namespace glint::akida
