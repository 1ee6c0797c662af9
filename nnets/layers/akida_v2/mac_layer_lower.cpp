#include "nnets/layers/akida_v2/mac_layer_lower.h"

#include "core/fixed_point.h"

namespace glint::akida {
namespace {

using fixed_point::saturate;
using fixed_point::shiftLeft;

constexpr std::int64_t kUnbounded = Interval::kLimit;

template <typename F>
std::vector<std::int64_t> perChannel(std::int64_t channels, F&& of) {
  std::vector<std::int64_t> v;
  for (std::int64_t c = 0; c < channels; ++c) v.push_back(of(c));
  return v;
}

Step scaleStep(const MacLayer& layer, std::int64_t channels, std::string_view scale,
               std::string_view shift, Interval out) {
  RescaleStep step{{}, {}, layer.post.postOpBufferBits, out};
  for (std::int64_t c = 0; c < channels; ++c) {
    step.scale.push_back(static_cast<int>(layer.variable(scale, c, 1)));
    step.shift.push_back(static_cast<int>(layer.variable(shift, c, 0)));
  }
  return step;
}

}  // namespace

std::vector<Step> sumSteps(const MacLayer& layer, std::int64_t channels) {
  const int bits = layer.post.bufferBits;
  std::vector<Step> steps{clampAll(channels, integerRange(bits, true))};
  const std::string& bias = layer.post.biasName;
  if (!layer.hasVariable(bias)) return steps;
  steps.push_back(OffsetStep{perChannel(channels, [&](std::int64_t c) {
    const auto shift = static_cast<int>(layer.variable(bias + "_shift", c));
    return saturate(shiftLeft(layer.variable(bias, c), shift), bits);
  })});
  steps.push_back(clampAll(channels, integerRange(bits, true)));
  return steps;
}

namespace {

/// The part of the activation that never decreases: ReLU, or the index of a look-up.
void appendMonotone(std::vector<Step>& steps, const MacLayer& layer, std::int64_t channels) {
  if (layer.post.activation == ActivationType::ReLU) {
    const bool bounded = layer.hasVariable("max_value");
    steps.push_back(
        ClampStep{perChannel(channels, [](std::int64_t) { return 0; }),
                  perChannel(channels, [&](std::int64_t c) {
                    const auto shift = static_cast<int>(layer.variable("max_value_shift", c));
                    return bounded ? shiftLeft(layer.variable("max_value", c), shift) : kUnbounded;
                  })});
  } else if (layer.post.activation == ActivationType::LUT) {
    steps.push_back(scaleStep(layer, channels, "activation_scales", "activation_shift",
                              integerRange(kLutIndexBits, true)));
  }
}

void appendTable(std::vector<Step>& steps, const MacLayer& layer) {
  if (layer.post.activation != ActivationType::LUT) return;
  LutStep lut;
  for (int i = 0; i < kLutSize; ++i) {
    lut.table.push_back(static_cast<std::int32_t>(layer.variable("lut_values", i)));
  }
  steps.push_back(std::move(lut));
}

}  // namespace

void appendOutput(std::vector<Step>& steps, const MacLayer& layer, const TensorType& output) {
  const std::int64_t channels = output.channels();
  const bool scaled = layer.hasVariable("output_scales") || layer.hasVariable("output_shift");
  steps.push_back(scaled
                      ? scaleStep(layer, channels, "output_scales", "output_shift", output.range())
                      : clampAll(channels, output.range()));
}

Step clampAll(std::int64_t channels, Interval range) {
  const auto n = static_cast<std::size_t>(channels);
  return ClampStep{std::vector<std::int64_t>(n, range.lo), std::vector<std::int64_t>(n, range.hi)};
}

SumInput ownChannel(int value, std::int64_t channels) {
  SumInput input;
  input.value = value;
  input.diagonal = true;
  input.weights.assign(static_cast<std::size_t>(channels), 1);
  return input;
}

WindowGeometry slidingWindow(int size, int stride, Padding padding) {
  return {WindowGeometry::Kind::Sliding, {size, stride}, {size, stride}, padding};
}

SumInput lowerWeights(const MacLayer& layer, int value, int kernelSize, std::int64_t channels,
                      std::int64_t filters, bool flip) {
  SumInput input;
  input.value = value;
  const Tensor& weights = layer.variables.find("weights")->second;
  const int taps = kernelSize * kernelSize;
  input.weights.reserve(static_cast<std::size_t>(weights.size()));
  const std::int64_t perTap = channels * filters;
  for (int t = 0; t < taps; ++t) {
    const std::int64_t source = (flip ? taps - 1 - t : t) * perTap;
    for (std::int64_t i = 0; i < perTap; ++i) input.weights.push_back(weights.integer(source + i));
  }
  return input;
}

void lowerShifts(SumInput& input, const MacLayer& layer, std::int64_t channels) {
  for (std::int64_t c = 0; c < channels; ++c) {
    input.shift.push_back(static_cast<int>(layer.variable("input_shift", c)));
  }
  input.saturateBits = layer.post.bufferBits;
}

void lowerMac(OpBuilder& builder, const MacLayer& layer, WindowGeometry geometry, SumInput input,
              const Shape& sums, Padding poolPadding) {
  std::vector<SumInput> inputs;
  inputs.push_back(std::move(input));
  lowerMac(builder, layer, geometry, std::move(inputs), sums, poolPadding);
}

void lowerMac(OpBuilder& builder, const MacLayer& layer, WindowGeometry geometry,
              std::vector<SumInput> inputs, const Shape& sums, Padding poolPadding) {
  const TensorType& output = builder.outputType();
  const std::int64_t channels = output.channels();
  const PoolType pool = layer.pooling.type;
  Op op;
  op.geometry = geometry;
  op.inputs = std::move(inputs);
  op.steps = sumSteps(layer, channels);
  appendMonotone(op.steps, layer, channels);
  const bool hasTable = layer.post.activation == ActivationType::LUT;
  if (pool == PoolType::NoPooling) {
    appendTable(op.steps, layer);
    appendOutput(op.steps, layer, output);
    builder.add(std::move(op));
    return;
  }
  Op second;
  second.geometry = slidingWindow(layer.pooling.size, layer.pooling.step(), poolPadding);
  TensorType inner{sums, output.bits, output.isSigned, false};
  if (pool == PoolType::Max) {
    second.reduce = Op::Reduce::Max;
    if (hasTable) {
      inner.bits = kLutIndexBits;
      inner.isSigned = true;
      appendTable(second.steps, layer);
      appendOutput(second.steps, layer, output);
    } else {
      appendOutput(op.steps, layer, output);
    }
  } else {
    appendTable(op.steps, layer);
    inner.bits = 32;
    inner.isSigned = true;
    second.geometry = {WindowGeometry::Kind::Whole, {}, {}, Padding::Valid};
    appendOutput(second.steps, layer, output);
  }
  op.output = builder.addInner(pool == PoolType::Max ? "sums" : "activated", inner);
  const int value = op.output;
  builder.add(std::move(op));
  SumInput pooled;
  pooled.value = value;
  if (pool == PoolType::Max) {
    // Outside the map nothing may win: the least value the map can hold.
    const bool relu = layer.post.activation == ActivationType::ReLU;
    builder.setFill(value, {static_cast<int>(relu ? 0 : inner.range().lo)});
  } else {
    pooled.diagonal = true;
    pooled.sameAtEveryTap = true;
    pooled.weights.assign(static_cast<std::size_t>(channels), 1);
  }
  second.inputs.push_back(std::move(pooled));
  builder.add(std::move(second));
}

}  // namespace glint::akida
