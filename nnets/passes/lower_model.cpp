#include "nnets/passes/lower_model.h"

#include <algorithm>

namespace glint {
namespace {

int addOutsideValue(OpGraph& graph, const std::string& name, const TensorType& type, int layer) {
  Value value;
  value.name = name;
  value.type = type;
  value.fill.assign(static_cast<std::size_t>(type.channels()), 0);
  value.layer = layer;
  graph.values.push_back(std::move(value));
  return static_cast<int>(graph.values.size()) - 1;
}

/// One attempt: layers with a reason in `software` are taken as given.
LoweredModel lowerOnce(const Model& model, std::vector<std::string>& software) {
  LoweredModel lowered;
  OpGraph& graph = lowered.graph;
  graph.layerValue.assign(static_cast<std::size_t>(model.layerCount()), -1);
  for (int i = 0; i < model.layerCount(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    const Layer& layer = model.layer(i);
    std::vector<int> inputs;
    for (int source : model.inboundsOf(i)) {
      inputs.push_back(graph.layerValue[static_cast<std::size_t>(source)]);
    }
    if (inputs.empty()) {
      inputs.push_back(addOutsideValue(graph, layer.name + ".in", model.inputTypes(i)[0], -1));
      lowered.feedValues.push_back(inputs[0]);
    }
    if (software[at].empty()) {
      const std::size_t values = graph.values.size(), ops = graph.ops.size();
      const std::size_t states = graph.states.size(), scans = graph.scans.size();
      OpBuilder builder(graph, i, layer.name, inputs, model.outputType(i));
      const Status status = layer.lower(builder);
      if (!status.ok()) {
        software[at] = status.error().message;
        graph.values.resize(values);
        graph.ops.resize(ops);
        graph.states.resize(states);
        graph.scans.resize(scans);
      }
    }
    if (!software[at].empty()) {
      graph.layerValue[at] = addOutsideValue(graph, layer.name, model.outputType(i), i);
    }
  }
  return lowered;
}

}  // namespace

OpGraph lowerGeometry(const Model& model) {
  std::vector<std::string> software(static_cast<std::size_t>(model.layerCount()));
  return lowerOnce(model, software).graph;
}

LoweredModel lowerModel(const Model& model, const ArithmeticRules& rules,
                        const std::vector<int>& forced) {
  std::vector<std::string> software(static_cast<std::size_t>(model.layerCount()));
  for (int layer : forced) software[static_cast<std::size_t>(layer)] = "asked for";
  // Each failed proof moves one layer to software, so this ends.
  while (true) {
    LoweredModel lowered = lowerOnce(model, software);
    inferRanges(lowered.graph);
    bool again = false;
    for (const Op& op : lowered.graph.ops) {
      Result<Proof> proof = prove(lowered.graph, op, rules);
      if (!proof.ok()) {
        const bool recurs = std::any_of(
            lowered.graph.values.begin(), lowered.graph.values.end(),
            [&](const Value& value) { return value.layer == op.layer && value.scan >= 0; });
        const char* also = recurs && !rules.int32
                               ? "its recurrence needs 32-bit integers, which this device lacks: "
                               : "";
        software[static_cast<std::size_t>(op.layer)] = also + proof.error().message;
        again = true;
        break;
      }
      lowered.proofs.push_back(std::move(proof).value());
    }
    if (again) continue;
    lowered.software = std::move(software);
    return lowered;
  }
}

}  // namespace glint
