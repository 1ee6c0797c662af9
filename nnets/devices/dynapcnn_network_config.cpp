#include <string>
#include <utility>

#include "nnets/devices/dynapcnn_config.h"

namespace glint::dynapcnn {
namespace {

Error error(const SpikingLayer& layer, Errc code, const std::string& what) {
  return {code, "layer '" + layer.name + "': " + what};
}

/// [rows, columns, in, out] as sinabs has it, [out, in, rows, columns].
Tensor featuresFirst(const Tensor& weights) {
  const Shape& s = weights.shape();
  Tensor turned(weights.type(), {s[3], s[2], s[0], s[1]});
  std::int64_t i = 0;
  for (std::int64_t f = 0; f < s[3]; ++f) {
    for (std::int64_t c = 0; c < s[2]; ++c) {
      for (std::int64_t at = 0; at < s[0] * s[1]; ++at) {
        setElement(turned, i++, weights.integer((at * s[2] + c) * s[3] + f));
      }
    }
  }
  return turned;
}

}  // namespace

Result<ChipParameters> chipParametersOf(const SpikingLayer& layer) {
  if (!layer.integers) {
    return error(layer, Errc::Value, "it does not compute in integers; discretize it");
  }
  ChipParameters parameters;
  parameters.threshold = layer.variable("threshold", 0, 1);
  parameters.resetToValue = layer.resetToValue;
  if (layer.resetToValue && layer.variable("reset_value", 0) != 0) {
    return error(layer, Errc::Unsupported,
                 "reset_value " + std::to_string(layer.variable("reset_value", 0)) + ", legal: 0");
  }
  const std::int64_t subtract = layer.variable("subtract_value", 0, parameters.threshold);
  if (!layer.resetToValue && subtract != parameters.threshold) {
    return error(layer, Errc::Unsupported,
                 "subtract_value " + std::to_string(subtract) + ", legal: the threshold, " +
                     std::to_string(parameters.threshold));
  }
  if (layer.hasVariable("min_v_mem")) parameters.minVMem = layer.variable("min_v_mem", 0);
  if (layer.hasVariable("bias")) parameters.bias = layer.variables.find("bias")->second;
  if (layer.hasVariable("weights")) {
    parameters.weights = featuresFirst(layer.variables.find("weights")->second);
  }
  return parameters;
}

Result<Json> networkConfig(const Model& model, const Chip& chip) {
  std::vector<const SpikingLayer*> spiking;
  std::vector<ChipLayer> layers;
  for (int i = 0; i < model.layerCount(); ++i) {
    const auto* layer = dynamic_cast<const SpikingLayer*>(&model.layer(i));
    if (layer == nullptr) continue;
    spiking.push_back(layer);
    layers.push_back(chipLayerOf(*layer, model.inputTypes(i)[0]));
    GLINT_TRY(checkLimits(layers.back()));
  }
  if (layers.empty()) return Error{Errc::Value, "the model has no spiking layer"};
  GLINT_ASSIGN(const ChipMapping mapping, mapOnChip(layers, chip));
  Json all = Json::array();
  for (std::size_t i = 0; i < layers.size(); ++i) {
    GLINT_ASSIGN(const ChipParameters parameters, chipParametersOf(*spiking[i]));
    std::vector<ChipDestination> to;
    if (i + 1 < layers.size()) to.push_back({mapping.cores[i + 1], layers[i].pool.x});
    GLINT_ASSIGN(Json config, coreConfig(layers[i], parameters, to));
    Json entry = Json::object();
    entry.set("layer", layers[i].name);
    entry.set("core", mapping.cores[i]);
    entry.set("config", std::move(config));
    all.push(std::move(entry));
  }
  return all;
}

}  // namespace glint::dynapcnn
