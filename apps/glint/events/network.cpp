#include "apps/glint/events/network.h"

#include <utility>

#include "nnets/formats/model_file.h"
#include "nnets/formats/sinabs_vector.h"

namespace glint::cli {
namespace {

Error unfit(const std::string& path, const std::string& what) {
  return {Errc::Value, path + ": " + what +
                           "; glint events takes networks with one input [rows, columns, 2] (or 1, "
                           "polarities added up) of integers and one output"};
}

/// A model file, or what sinabs recorded a run of.
Result<Model> modelAt(const std::string& path) {
  const auto file = readModelContainer(path);
  if (!file.ok() || !isSinabsVector(*file)) return loadModel(path);
  GLINT_ASSIGN(SinabsVector vector, loadSinabsVector(path));
  return std::move(vector.model);
}

}  // namespace

Result<EventNetwork> loadEventNetwork(const std::string& path) {
  EventNetwork network;
  GLINT_ASSIGN(network.model, modelAt(path));
  const Model& model = network.model;
  const std::vector<int> feeds = model.feeds(), outputs = model.outputs();
  if (feeds.size() != 1 || outputs.size() != 1) {
    return unfit(path, std::to_string(feeds.size()) + " inputs and " +
                           std::to_string(outputs.size()) + " outputs");
  }
  const TensorType& feed = model.inputTypes(feeds[0])[0];
  if (feed.isFloat || feed.channels() > 2 || model.outputType(outputs[0]).isFloat) {
    return unfit(path, "an input " + feed.toString() + ", an output " +
                           model.outputType(outputs[0]).toString());
  }
  network.input = {static_cast<int>(feed.y()), static_cast<int>(feed.x())};
  network.channels = static_cast<int>(feed.channels());
  network.classes = static_cast<int>(model.outputType(outputs[0]).channels());
  for (int i = 0; i < model.layerCount(); ++i) {
    const auto* layer = dynamic_cast<const dynapcnn::SpikingLayer*>(&model.layer(i));
    if (layer == nullptr) continue;
    network.spiking.push_back({i, dynapcnn::chipLayerOf(*layer, model.inputTypes(i)[0])});
  }
  return network;
}

}  // namespace glint::cli
