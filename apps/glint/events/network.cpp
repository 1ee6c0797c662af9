#include "apps/glint/events/network.h"

#include <utility>

#include "nnets/formats/model_file.h"

namespace glint::cli {
namespace {

Error unfit(const std::string& path, const std::string& what) {
  return {Errc::Value, path + ": " + what +
                           "; glint events takes networks with one input [rows, columns, 2] (or 1, "
                           "polarities added up) of integers and one output"};
}

}  // namespace

Result<EventNetwork> loadEventNetwork(const std::string& path) {
  EventNetwork network;
  GLINT_ASSIGN(network.model, loadModel(path));
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
  return network;
}

}  // namespace glint::cli
