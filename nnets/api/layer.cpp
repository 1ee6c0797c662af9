#include "nnets/api/layer.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "nnets/api/model_body.h"
#include "nnets/formats/model_json.h"

namespace glint::api {
namespace {

Shape reversed(const Shape& shape) {
  Shape out;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) out.append(shape[axis]);
  return out;
}

bool hasValue(const glint::Layer& layer, const VariableDecl& decl) {
  return !decl.absentIsNone || layer.hasVariable(decl.name);
}

}  // namespace

Layer::Layer(std::shared_ptr<LayerBody> body) : body_(std::move(body)) {}

Layer::Layer(std::unique_ptr<glint::Layer> layer) : body_(std::make_shared<LayerBody>()) {
  assert(layer != nullptr);
  layer->inbounds.clear();
  body_->own = std::move(layer);
}

Result<Layer> Layer::create(std::string_view type, const Json& parameters, std::string name) {
  std::unique_ptr<glint::Layer> layer = makeLayer(type);
  if (layer == nullptr) {
    std::string legal;
    for (const std::string_view known : layerTypes()) {
      legal += (legal.empty() ? "" : ", ") + std::string(known);
    }
    return Error{Errc::Value, "the layer type is '" + std::string(type) + "', legal: " + legal};
  }
  layer->name = std::move(name);
  GLINT_TRY(readFields(*layer, parameters.isNull() ? Json::object() : parameters));
  return Layer(std::move(layer));
}

const glint::Layer& Layer::graph() const {
  return body_->own != nullptr ? *body_->own : body_->model->graph.layer(body_->index);
}

Result<std::vector<TensorType>> Layer::inputs() const {
  if (body_->model != nullptr) return body_->model->graph.inputTypes(body_->index);
  const glint::Layer& layer = graph();
  if (layer.arity().most == 0) {
    const Result<TensorType> feed = layer.feedType();
    if (!feed.ok()) return within(describe(layer), feed.error());
    const Result<TensorType> output = layer.outputType({&*feed, 1});
    if (!output.ok()) return within(describe(layer), output.error());
    return std::vector{*feed};
  }
  return within(describe(layer),
                Error{Errc::Runtime, "is in no model: its inputs are not known yet"});
}

std::string Layer::name() const { return graph().name; }
LayerType Layer::type() const { return layerType(graph().type()); }
Json Layer::parameters() const { return writeFields(graph()); }
Json Layer::toDict() const { return layerToDict(graph()); }

std::vector<Layer> Layer::inbounds() const {
  std::vector<Layer> layers;
  if (body_->model == nullptr) return layers;
  for (const int index : body_->model->graph.inboundsOf(body_->index)) {
    layers.push_back(body_->model->handleOf(index));
  }
  return layers;
}

Result<int> Layer::inputBits() const {
  GLINT_ASSIGN(const std::vector<TensorType> types, inputs());
  return types[0].bits;
}

Result<Shape> Layer::inputDims() const {
  GLINT_ASSIGN(const std::vector<TensorType> types, inputs());
  return types[0].shape;
}

Result<TensorType> Layer::outputType() const {
  GLINT_ASSIGN(const std::vector<TensorType> types, inputs());
  return graph().outputType(types);
}

Result<Shape> Layer::outputDims() const {
  GLINT_ASSIGN(const TensorType type, outputType());
  return type.shape;
}

Result<bool> Layer::outputSigned() const {
  GLINT_ASSIGN(const TensorType type, outputType());
  return type.isSigned;
}

Result<std::vector<std::string>> Layer::getVariableNames() const {
  GLINT_ASSIGN(const std::vector<TensorType> types, inputs());
  std::vector<std::string> names;
  for (const VariableDecl& decl : graph().variableTable(types)) {
    if (hasValue(graph(), decl)) names.push_back(decl.name);
  }
  return names;
}

Result<Variables> Layer::variables() const {
  GLINT_ASSIGN(const std::vector<TensorType> types, inputs());
  Variables all;
  for (const VariableDecl& decl : graph().variableTable(types)) {
    if (hasValue(graph(), decl)) all.emplace(decl.name, variableOrNeutral(graph(), decl));
  }
  return all;
}

Result<Tensor> Layer::getVariable(std::string_view variableName) const {
  GLINT_ASSIGN(const std::vector<TensorType> types, inputs());
  std::string legal;
  for (const VariableDecl& decl : graph().variableTable(types)) {
    if (!hasValue(graph(), decl)) continue;
    if (decl.name == variableName) return variableOrNeutral(graph(), decl);
    legal += (legal.empty() ? "" : ", ") + decl.name;
  }
  return within(describe(graph()), Error{Errc::Value, "variable '" + std::string(variableName) +
                                                          "' has no value, legal: " +
                                                          (legal.empty() ? "none" : legal)});
}

Status Layer::setVariable(std::string_view variableName, const Tensor& values, Order order) {
  const auto set = [&](Tensor stored) -> Status {
    if (body_->model != nullptr) {
      return body_->model->graph.setVariable(body_->index, variableName, std::move(stored));
    }
    GLINT_ASSIGN(const std::vector<TensorType> types, inputs());
    return glint::setVariable(*body_->own, types, variableName, std::move(stored));
  };
  Status status = set(order == Order::C ? values : values.reshaped(reversed(values.shape())));
  if (status.ok()) {
    if (body_->model != nullptr) body_->model->stale = true;
    return {};
  }
  if (order == Order::C) return status;
  return Error{status.error().code, status.error().message + " (order F: axes in reverse)"};
}

std::vector<NpMapping> Layer::mapping() const {
  std::vector<NpMapping> nps;
  if (body_->model == nullptr || body_->model->executor == nullptr) return nps;
  const Schedule* schedule = body_->model->executor->schedule();
  if (schedule == nullptr) return nps;
  for (const PassMapping& pass : passesOf(*schedule, body_->index)) {
    std::copy_if(pass.nps.begin(), pass.nps.end(), std::back_inserter(nps),
                 [](const NpMapping& np) { return np.filters > 0; });
  }
  return nps;
}

}  // namespace glint::api
