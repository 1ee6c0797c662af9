#include "nnets/layers/dynapcnn/dynapcnn_network.h"

#include <utility>

#include "nnets/layers/akida/input_data.h"
#include "nnets/layers/dynapcnn/channel_order.h"
#include "nnets/layers/dynapcnn/dvs_layer.h"
#include "nnets/layers/dynapcnn/module_list.h"

namespace glint::dynapcnn {
namespace {

constexpr int kInputBits = 8;

DvsLayer layerOf(const Dvs& dvs) {
  DvsLayer layer;
  layer.mergePolarities = dvs.mergePolarities;
  layer.pool = dvs.pool;
  if (dvs.crop) layer.crop = {dvs.crop->top, dvs.crop->bottom, dvs.crop->left, dvs.crop->right};
  layer.flipX = dvs.flipX;
  layer.flipY = dvs.flipY;
  layer.swapXY = dvs.swapXY;
  return layer;
}

}  // namespace

Result<DynapcnnNetwork> DynapcnnNetwork::create(std::span<const Module> modules,
                                                const Shape& inputShape,
                                                const NetworkOptions& options) {
  GLINT_ASSIGN(const ModuleList list, groupModules(modules, options.dvsInput));
  Shape shape = inputShape;
  if (list.dvs) {
    const TensorType in{channelsLast(inputShape), kInputBits, false, false};
    GLINT_ASSIGN(const TensorType out, layerOf(*list.dvs).outputType(std::span(&in, 1)));
    shape = channelsFirst(out.shape);
  }
  std::vector<DynapcnnLayer> layers;
  for (const LayerModules& group : list.layers) {
    auto layer = DynapcnnLayer::create(group.weights, group.spk, shape, group.pool,
                                       options.discretize, group.rescale);
    if (!layer.ok()) return within("module " + std::to_string(group.first), layer.error());
    shape = layer->getOutputShape();
    layers.push_back(std::move(layer).value());
  }
  return of(std::move(layers), list.dvs, inputShape, options.countLimit);
}

Result<DynapcnnNetwork> DynapcnnNetwork::of(std::vector<DynapcnnLayer> layers,
                                            const std::optional<Dvs>& dvs, const Shape& inputShape,
                                            int countLimit) {
  if (layers.empty()) return Error{Errc::Value, "a network without layers, legal: one or more"};
  DynapcnnNetwork network;
  network.layers_ = std::move(layers);
  network.dvs_ = dvs;
  network.inputShape_ = inputShape;
  if (countLimit < 0) {
    return Error{Errc::Value, "countLimit is " + std::to_string(countLimit) + ", legal: 0 or more"};
  }
  GLINT_TRY(network.buildModel(countLimit));
  return network;
}

Status DynapcnnNetwork::buildModel(int countLimit) {
  const Shape in = channelsLast(inputShape_);
  auto input = std::make_unique<akida::InputData>();
  input->name = "input";
  input->inputShape = {static_cast<int>(in[0]), static_cast<int>(in[1]), static_cast<int>(in[2])};
  input->inputBits = kInputBits;
  GLINT_TRY(model_.add(std::move(input)));
  if (dvs_) {
    auto layer = std::make_unique<DvsLayer>(layerOf(*dvs_));
    layer->name = "dvs";
    layer->inbounds = {"input"};
    GLINT_TRY(model_.add(std::move(layer)));
  }
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const int before = model_.layerCount() - 1;
    auto layer = std::make_unique<SpikingLayer>(layers_[i].layer());
    layer->name = "layer" + std::to_string(i);
    layer->inbounds = {model_.layer(before).name};
    const bool bounded = i + 1 < layers_.size() && layers_[i + 1].layer().integers;
    if (bounded && layer->integers) {
      layer->countLimit = countLimit > 0 ? countLimit : layers_[i + 1].layer().exactInputLimit();
    }
    if (model_.outputType(before).shape != channelsLast(layers_[i].inShape())) {
      return Error{Errc::Value, "layer " + std::to_string(i) + " reads " +
                                    layers_[i].inShape().toString() + ", but gets " +
                                    channelsFirst(model_.outputType(before).shape).toString()};
    }
    GLINT_TRY(model_.add(std::move(layer)));
  }
  return {};
}

NetworkMemory DynapcnnNetwork::memorySummary() const {
  NetworkMemory memory;
  for (const DynapcnnLayer& layer : layers_) {
    memory.layers.push_back(layer.memorySummary());
    memory.total.kernel += memory.layers.back().kernel;
    memory.total.neuron += memory.layers.back().neuron;
    memory.total.bias += memory.layers.back().bias;
  }
  return memory;
}

Result<Tensor> DynapcnnNetwork::forward(const Tensor& input) {
  const Shape& s = input.shape();
  if (!isInteger(input.type()) || s.rank() != 4 ||
      s != Shape{s[0], inputShape_[0], inputShape_[1], inputShape_[2]}) {
    return Error{Errc::Value, "the input is " + std::string(name(input.type())) + " " +
                                  s.toString() + ", legal: integers [steps, ...] of " +
                                  inputShape_.toString()};
  }
  const Shape out = layers_.back().getOutputShape();
  Tensor result(DType::I32, {s[0], out[0], out[1], out[2]});
  for (std::int64_t t = 0; t < s[0]; ++t) {
    const Tensor feed = toChannelsLast(input, t * inputShape_.size(), inputShape_);
    GLINT_ASSIGN(const std::vector<Tensor> outputs,
                 runReference(model_, std::span(&feed, 1), states_));
    putChannelsFirst(outputs.back(), result, t * out.size());
  }
  return result;
}

}  // namespace glint::dynapcnn
