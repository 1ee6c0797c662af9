#include "apps/glint/events/network.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "nnets/formats/model_file.h"
#include "nnets/formats/sinabs_vector.h"

namespace glint::cli {
namespace {

Error unfit(const std::string& path, const std::string& what) {
  return {Errc::Value,
          path + ": " + what +
              "; glint events takes networks with one input [rows, columns, 2] (or 1, "
              "polarities added up) of integers and one output of spikes: with DynapcnnLayer, "
              "or counts that are never negative"};
}

/// "kind" in what a model file says of the feed or output `name`: "image", "labels"; else "".
std::string kindOf(const Json& info, std::string_view name) {
  const Json* const entry = info.find(name);
  const Json* const kind = entry == nullptr ? nullptr : entry->find("kind");
  const std::string* const value = kind == nullptr ? nullptr : kind->asString();
  return value == nullptr ? std::string() : *value;
}

/// Why the output holds no spikes of classes, or "". Layers that fire give spikes. Of others it is
/// known only that counts are no pictures, no labels and never negative; an input of two polarities
/// says that the network is made for events, whatever it gives.
std::string whyNotSpikes(const Model& model, int feed, int output) {
  for (int i = 0; i < model.layerCount(); ++i) {
    if (dynamic_cast<const dynapcnn::SpikingLayer*>(&model.layer(i)) != nullptr) return {};
  }
  const std::string taken = kindOf(model.inputInfo, model.layer(feed).name);
  const std::string given = kindOf(model.outputInfo, model.layer(output).name);
  const TensorType& type = model.outputType(output);
  std::string why;
  if (!taken.empty()) why = "its input is of kind '" + taken + "'";
  if (given == "image" || given == "labels") why = "its output is of kind '" + given + "'";
  if (type.isSigned && model.inputTypes(feed)[0].channels() != 2) {
    why = "its output " + type.toString() + " can be negative, spikes cannot";
  }
  if (why.empty()) return {};
  std::vector<std::string_view> types;
  std::string list;
  for (int i = 0; i < model.layerCount(); ++i) {
    const std::string_view name = model.layer(i).type();
    if (std::find(types.begin(), types.end(), name) != types.end()) continue;
    types.push_back(name);
    list += (list.empty() ? "" : ", ") + std::string(name);
  }
  return "no network of spikes: " + why + ", and none of its layers fires (" + list + ")";
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
  if (const std::string why = whyNotSpikes(model, feeds[0], outputs[0]); !why.empty()) {
    return unfit(path, why);
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
