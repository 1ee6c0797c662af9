#include "nnets/layers/dynapcnn/dynapcnn_layer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "nnets/layers/dynapcnn/channel_order.h"
#include "nnets/layers/dynapcnn/discretize.h"

namespace glint::dynapcnn {
namespace {

Error illegal(const std::string& what, const std::string& legal) {
  return {Errc::Value, what + ", legal: " + legal};
}

Status checkFloat(const char* name, const Tensor& tensor, const Shape& shape) {
  if (tensor.type() != DType::F32 || tensor.shape() != shape) {
    return illegal(std::string(name) + " is " + std::string(glint::name(tensor.type())) + " " +
                       tensor.shape().toString(),
                   "float32 " + shape.toString());
  }
  for (float v : tensor.as<float>()) {
    if (!std::isfinite(v))
      return illegal(std::string(name) + " has a number that is not finite", "finite");
  }
  return {};
}

Status checkConv(const Conv2d& conv, const Shape& in) {
  const Shape& w = conv.weight.shape();
  if (w.rank() != 4 || w.size() < 1) {
    return illegal("conv.weight has shape " + w.toString(),
                   "[out, in, rows, columns], each 1 or more");
  }
  if (conv.groups != 1) return illegal("conv.groups is " + std::to_string(conv.groups), "1");
  if (conv.dilation != Pair{}) {
    return illegal("conv.dilation is " + conv.dilation.toString(), "[1, 1]");
  }
  GLINT_TRY(checkFloat("conv.weight", conv.weight, {w[0], in[0], w[2], w[3]}));
  if (conv.bias) GLINT_TRY(checkFloat("conv.bias", *conv.bias, {w[0]}));
  return {};
}

Result<Conv2d> toConv(const Linear& linear, const Shape& in) {
  const Shape& w = linear.weight.shape();
  if (w.rank() != 2 || w[1] != in.size()) {
    return illegal("linear.weight has shape " + w.toString(),
                   "[out, " + std::to_string(in.size()) + "], all of an input of " + in.toString());
  }
  Conv2d conv;
  conv.weight = linear.weight.reshaped({w[0], in[0], in[1], in[2]});
  conv.bias = linear.bias;
  return conv;
}

Status checkSpk(const IafSqueeze& spk) {
  const auto finite = [](float v) { return std::isfinite(v); };
  if (!finite(spk.threshold) || spk.threshold <= 0) {
    return illegal("spk.threshold is " + std::to_string(spk.threshold), "above 0");
  }
  if (!finite(spk.minVMem.value_or(0)) || !finite(spk.subtractValue.value_or(0)) ||
      !finite(spk.resetValue)) {
    return illegal("min_v_mem, subtract_value or reset_value of spk is not finite", "numbers");
  }
  if (spk.spikeFn == SpikeFn::MaxSpike && spk.maxSpikes < 1) {
    return illegal("spk.maxSpikes is " + std::to_string(spk.maxSpikes), "1 or more");
  }
  if (spk.batchSize < 1) {
    return illegal("spk.batchSize is " + std::to_string(spk.batchSize), "1 or more");
  }
  return {};
}

int ceilLog2(std::int64_t n) {
  return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(n - 1)));
}

}  // namespace

Result<DynapcnnLayer> DynapcnnLayer::create(const Weights& conv, const IafSqueeze& spk,
                                            const Shape& inShape, std::optional<Pair> pool,
                                            bool discretize, float rescaleWeights) {
  DynapcnnLayer layer;
  if (inShape.rank() != 3 || inShape.size() < 1) {
    return illegal("in_shape is " + inShape.toString(), "(features, rows, columns)");
  }
  layer.inShape_ = inShape;
  layer.spk_ = spk;
  layer.pool_ = pool;
  GLINT_TRY(checkSpk(spk));
  if (const auto* linear = std::get_if<Linear>(&conv)) {
    GLINT_ASSIGN(layer.conv_, toConv(*linear, inShape));
  } else {
    layer.conv_ = std::get<Conv2d>(conv);
  }
  GLINT_TRY(checkConv(layer.conv_, inShape));
  if (pool && pool->x != pool->y) {
    return illegal("pool is " + pool->toString(), "as many rows as columns");
  }
  if (!std::isfinite(rescaleWeights) || rescaleWeights == 0) {
    return illegal("rescale_weights is " + std::to_string(rescaleWeights), "a number besides 0");
  }
  if (rescaleWeights != 1) {
    for (float& w : layer.conv_.weight.as<float>()) w /= rescaleWeights;
  }
  GLINT_TRY(layer.takeMembrane());
  if (discretize) GLINT_TRY(layer.discretize());
  GLINT_TRY(layer.lowerParameters());
  if (layer.spk_.vMem) GLINT_TRY(layer.setMembrane(*layer.spk_.vMem));
  return layer;
}

/// Brings an initial membrane behind a linear layer to four axes.
Status DynapcnnLayer::takeMembrane() {
  if (!spk_.vMem) return {};
  Shape shape = spk_.vMem->shape();
  while (shape.rank() < 4 && shape.rank() >= 2) shape.append(1);
  if (shape.rank() == 4 && shape.size() == spk_.vMem->size()) {
    *spk_.vMem = spk_.vMem->reshaped(shape);
  }
  const Shape at = getNeuronShape();
  return checkFloat("spk.v_mem", *spk_.vMem, {spk_.batchSize, at[0], at[1], at[2]});
}

Status DynapcnnLayer::discretize() {
  GLINT_ASSIGN(const Discretized d, discretizeConvSpike(conv_, spk_));
  conv_ = d.conv;
  spk_ = d.spk;
  scale_ = d.scale;
  warning_ = d.warning;
  discretized_ = true;
  return {};
}

Status DynapcnnLayer::lowerParameters() {
  const Shape& w = conv_.weight.shape();
  layer_.filters = static_cast<int>(w[0]);
  layer_.kernelSize = {static_cast<int>(w[2]), static_cast<int>(w[3])};
  layer_.stride = conv_.stride;
  layer_.padding = conv_.padding;
  layer_.pool = pool_.value_or(Pair{});
  layer_.maxSpikes = spk_.spikeFn == SpikeFn::MultiSpike    ? 0
                     : spk_.spikeFn == SpikeFn::SingleSpike ? 1
                                                            : spk_.maxSpikes;
  layer_.resetToValue = spk_.resetFn == ResetFn::MembraneReset;
  layer_.integers = holdsIntegers(conv_, spk_);
  giveVariables(conv_, spk_, layer_);
  const TensorType types[] = {inputType()};
  GLINT_TRY(layer_.outputType(types));
  return checkVariables(layer_, types);
}

TensorType DynapcnnLayer::inputType() const {
  return TensorType{channelsLast(inShape_), 32, true, false};
}

Shape DynapcnnLayer::getNeuronShape() const {
  const Shape& w = conv_.weight.shape();
  const auto extent = [](std::int64_t n, std::int64_t kernel, int stride, int padding) {
    return (n - kernel + 2 * padding) / std::max(stride, 1) + 1;
  };
  return {w[0], extent(inShape_[1], w[2], conv_.stride.x, conv_.padding.x),
          extent(inShape_[2], w[3], conv_.stride.y, conv_.padding.y)};
}

Shape DynapcnnLayer::getOutputShape() const {
  const Shape at = getNeuronShape();
  const Pair pool = pool_.value_or(Pair{});
  return {at[0], at[1] / pool.x, at[2] / pool.y};
}

MemorySummary DynapcnnLayer::memorySummary() const {
  const Shape& w = conv_.weight.shape();
  const Shape at = getNeuronShape();
  return {w[1] << (ceilLog2(w[2] * w[3]) + ceilLog2(w[0])),
          at[0] << (ceilLog2(at[1]) + ceilLog2(at[2])), conv_.bias ? w[0] : 0};
}

DynapcnnLayer::Summary DynapcnnLayer::summary() const {
  return {pool_, conv_.weight.shape(), getNeuronShape()};
}

Result<Tensor> DynapcnnLayer::forward(const Tensor& input) {
  const auto batch = static_cast<std::int64_t>(spk_.batchSize);
  const Shape& shape = input.shape();
  const bool rows = shape.rank() == 4 && shape[0] % batch == 0;
  if (!isInteger(input.type()) || !rows ||
      shape != Shape{shape[0], inShape_[0], inShape_[1], inShape_[2]}) {
    return illegal("the input is " + std::string(name(input.type())) + " " + shape.toString(),
                   "integers [" + std::to_string(batch) + " * steps, " +
                       std::to_string(inShape_[0]) + ", " + std::to_string(inShape_[1]) + ", " +
                       std::to_string(inShape_[2]) + "]");
  }
  const TensorType in = inputType();
  GLINT_ASSIGN(const TensorType type, layer_.outputType(std::span(&in, 1)));
  const Shape out = channelsFirst(type.shape);
  Tensor result(DType::I32, {shape[0], out[0], out[1], out[2]});
  states_.resize(static_cast<std::size_t>(batch));
  for (std::int64_t row = 0; row < shape[0]; ++row) {
    const Tensor map = toChannelsLast(input, row * inShape_.size(), inShape_);
    LayerState& state = states_[static_cast<std::size_t>(row / (shape[0] / batch))];
    putChannelsFirst(layer_.reference(std::span(&map, 1), type, state), result, row * out.size());
  }
  return result;
}

void DynapcnnLayer::resetStates() { states_.clear(); }

Tensor DynapcnnLayer::membrane() const {
  const Shape at = getNeuronShape();
  Tensor result(DType::F32, {spk_.batchSize, at[0], at[1], at[2]});
  for (std::size_t b = 0; b < states_.size(); ++b) {
    const auto found = states_[b].find("membrane");
    if (found == states_[b].end()) continue;
    const Tensor& v = found->second;
    forEachElement(at, [&](std::int64_t first, std::int64_t last) {
      const auto to = static_cast<std::size_t>(static_cast<std::int64_t>(b) * at.size() + first);
      const auto from = static_cast<std::size_t>(last);
      result.as<float>()[to] =
          layer_.integers ? static_cast<float>(v.as<std::int32_t>()[from]) : v.as<float>()[from];
    });
  }
  return result;
}

Status DynapcnnLayer::setMembrane(const Tensor& membrane) {
  const Shape at = getNeuronShape();
  GLINT_TRY(checkFloat("the membrane", membrane, {spk_.batchSize, at[0], at[1], at[2]}));
  const std::span<const float> v = membrane.as<float>();
  const auto legal = [](float x) { return isWhole(x, integerRange(kMembraneBits, true)); };
  if (layer_.integers && !std::all_of(v.begin(), v.end(), legal)) {
    return illegal("the membrane has numbers that are no integers of " +
                       std::to_string(kMembraneBits) + " bits",
                   "such integers, as all parameters are");
  }
  std::vector<LayerState> states(static_cast<std::size_t>(spk_.batchSize));
  for (std::size_t b = 0; b < states.size(); ++b) {
    Tensor map(layer_.integers ? DType::I32 : DType::F32, channelsLast(at));
    forEachElement(at, [&](std::int64_t first, std::int64_t last) {
      const float x = v[static_cast<std::size_t>(static_cast<std::int64_t>(b) * at.size() + first)];
      const auto to = static_cast<std::size_t>(last);
      if (layer_.integers) {
        map.as<std::int32_t>()[to] = static_cast<std::int32_t>(x);
      } else {
        map.as<float>()[to] = x;
      }
    });
    states[b]["membrane"] = std::move(map);
  }
  states_ = std::move(states);
  return {};
}

void DynapcnnLayer::zeroGrad(bool) const {}

}  // namespace glint::dynapcnn
