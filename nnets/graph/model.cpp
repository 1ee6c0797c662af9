#include "nnets/graph/model.h"

#include <algorithm>
#include <utility>

namespace glint {
namespace {

/// Whether JSON, and so every file, can hold the text: it is UTF-8 without zero bytes.
bool isText(const std::string& text) {
  const Result<Json> read = parseJson(Json(text).dump());
  return read.ok() && *read == Json(text) && text.find('\0') == std::string::npos;
}

Status checkName(const Model& model, const Layer& layer) {
  if (layer.name.empty() || layer.name.find('/') != std::string::npos || !isText(layer.name)) {
    return Error{Errc::Value,
                 "the name is '" + layer.name + "', legal: UTF-8, not empty, without '/'"};
  }
  if (model.find(layer.name) >= 0) {
    return Error{Errc::Value, "the name is taken by an earlier layer, legal: one of its own"};
  }
  return {};
}

Status checkArity(const Layer& layer) {
  const Layer::Arity arity = layer.arity();
  const auto count = static_cast<int>(layer.inbounds.size());
  if (count >= arity.least && count <= arity.most) return {};
  if (count == 0) return {};  // fed from outside: feedType() tells
  const std::string legal = arity.least == arity.most ? std::to_string(arity.least)
                            : arity.most > 1000
                                ? std::to_string(arity.least) + " or more"
                                : std::to_string(arity.least) + " to " + std::to_string(arity.most);
  return Error{Errc::Value, "has " + std::to_string(count) + " inbounds, legal: " + legal};
}

/// Layers of Akida 1.0 and 2.0 do not mix.
Status checkVersion(const Model& model, const Layer& layer) {
  for (int i = 0; layer.ipVersion() && i < model.layerCount(); ++i) {
    const Layer& other = model.layer(i);
    if (!other.ipVersion() || other.ipVersion() == layer.ipVersion()) continue;
    return Error{Errc::Value, "is a layer of " + std::string(name(*layer.ipVersion())) + ", but " +
                                  describe(other) + " is one of " +
                                  std::string(name(*other.ipVersion())) +
                                  ", legal: one version in a model"};
  }
  return {};
}

/// Gives the layer the required variables that it lacks.
void addMissing(Layer& layer, std::span<const TensorType> inputs) {
  for (const VariableDecl& decl : layer.variableTable(inputs)) {
    if (!decl.required || layer.hasVariable(decl.name)) continue;
    layer.variables.emplace(decl.name, variableOrNeutral(layer, decl));
  }
}

}  // namespace

Model::Model(const Model& other) : inputInfo(other.inputInfo), outputInfo(other.outputInfo) {
  for (const Node& node : other.nodes_) {
    nodes_.push_back({node.layer->clone(), node.inbounds, node.inputs, node.output});
  }
}

Model& Model::operator=(const Model& other) {
  if (this != &other) *this = Model(other);
  return *this;
}

Status Model::add(std::unique_ptr<Layer> layer, Missing missing) {
  assert(layer != nullptr);
  const std::string where = describe(*layer);
  if (Status s = checkName(*this, *layer); !s.ok()) return within(where, s.error());
  if (Status s = checkArity(*layer); !s.ok()) return within(where, s.error());
  if (Status s = checkVersion(*this, *layer); !s.ok()) return within(where, s.error());

  Node node;
  for (const std::string& inbound : layer->inbounds) {
    const int index = find(inbound);
    if (index < 0) {
      return within(where, Error{Errc::Value, "the inbound is '" + inbound +
                                                  "', legal: the name of an earlier layer"});
    }
    node.inbounds.push_back(index);
    node.inputs.push_back(outputType(index));
  }
  if (layer->inbounds.empty()) {
    Result<TensorType> feed = layer->feedType();
    if (!feed.ok()) return within(where, feed.error());
    node.inputs.push_back(*feed);
  }
  Result<TensorType> output = layer->outputType(node.inputs);
  if (!output.ok()) return within(where, output.error());
  node.output = *output;
  if (missing == Missing::Neutral) addMissing(*layer, node.inputs);
  GLINT_TRY(checkVariables(*layer, node.inputs));
  node.layer = std::move(layer);
  nodes_.push_back(std::move(node));
  return {};
}

std::unique_ptr<Layer> Model::popLayer() {
  if (nodes_.empty()) return nullptr;
  std::unique_ptr<Layer> layer = std::move(nodes_.back().layer);
  nodes_.pop_back();
  return layer;
}

Status Model::setVariable(int index, std::string_view variableName, Tensor values) {
  Node& node = nodes_[static_cast<std::size_t>(index)];
  return glint::setVariable(*node.layer, node.inputs, variableName, std::move(values));
}

int Model::find(std::string_view name) const {
  const auto found = std::find_if(nodes_.begin(), nodes_.end(),
                                  [&](const Node& node) { return node.layer->name == name; });
  return found == nodes_.end() ? -1 : static_cast<int>(found - nodes_.begin());
}

std::vector<int> Model::feeds() const {
  std::vector<int> indices;
  for (int i = 0; i < layerCount(); ++i) {
    if (inboundsOf(i).empty()) indices.push_back(i);
  }
  return indices;
}

std::vector<int> Model::outputs() const {
  std::vector<bool> isRead(nodes_.size());
  for (const Node& node : nodes_) {
    for (const int inbound : node.inbounds) isRead[static_cast<std::size_t>(inbound)] = true;
  }
  std::vector<int> indices;
  for (int i = 0; i < layerCount(); ++i) {
    if (!isRead[static_cast<std::size_t>(i)]) indices.push_back(i);
  }
  return indices;
}

std::int64_t Model::macs() const {
  std::int64_t sum = 0;
  for (const Node& node : nodes_) sum += node.layer->macs(node.inputs);
  return sum;
}

bool Model::fullyConvolutional() const {
  return std::all_of(nodes_.begin(), nodes_.end(),
                     [](const Node& node) { return node.layer->fullyConvolutional(); });
}

bool Model::hasState() const {
  return std::any_of(nodes_.begin(), nodes_.end(),
                     [](const Node& node) { return !node.layer->stateTable(node.inputs).empty(); });
}

Result<Model> Model::withExtent(std::int64_t x, std::int64_t y) const {
  Model resized;
  resized.inputInfo = inputInfo;
  resized.outputInfo = outputInfo;
  for (const Node& node : nodes_) {
    if (!node.layer->fullyConvolutional()) {
      return within(describe(*node.layer),
                    Error{Errc::Value, "needs inputs of its own size; the model cannot run at " +
                                           Shape{x, y}.toString()});
    }
    std::unique_ptr<Layer> layer = node.layer->clone();
    if (node.inbounds.empty()) {
      const Status status = layer->setFeedExtent(x, y);
      if (!status.ok()) return within(describe(*layer), status.error());
    }
    GLINT_TRY(resized.add(std::move(layer)));
  }
  return resized;
}

}  // namespace glint
