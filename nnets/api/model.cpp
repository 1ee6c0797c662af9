#include "nnets/api/model.h"

#include <cctype>
#include <utility>

#include "nnets/api/model_body.h"
#include "nnets/formats/model_file.h"
#include "nnets/formats/model_json.h"

namespace glint::api {
namespace {

/// "InputConv2D" -> "input_conv2d"
std::string snakeCase(std::string_view type) {
  const auto upper = [&](std::size_t i) {
    return i < type.size() && std::isupper(static_cast<unsigned char>(type[i])) != 0;
  };
  const auto lower = [&](std::size_t i) {
    return i < type.size() && std::islower(static_cast<unsigned char>(type[i])) != 0;
  };
  std::string out;
  for (std::size_t i = 0; i < type.size(); ++i) {
    if (i > 0 && upper(i) && (lower(i - 1) || (upper(i - 1) && lower(i + 1)))) out += '_';
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(type[i])));
  }
  return out;
}

/// A name that no layer of the model has: "conv2d_3" for the fourth layer.
std::string freshName(const glint::Model& model, std::string_view type) {
  for (int number = model.layerCount();; ++number) {
    std::string candidate = snakeCase(type) + "_" + std::to_string(number);
    if (model.find(candidate) < 0) return candidate;
  }
}

}  // namespace

Model::Model() : body_(std::make_shared<ModelBody>()) {}

Model::Model(glint::Model graph) : Model() {
  body_->graph = std::move(graph);
  body_->handles.resize(static_cast<std::size_t>(body_->graph.layerCount()));
}

Result<Model> Model::load(const std::string& path) {
  GLINT_ASSIGN(glint::Model graph, loadModel(path));
  return Model(std::move(graph));
}

Result<Model> Model::fromBuffer(std::span<const std::byte> buffer) {
  GLINT_ASSIGN(glint::Model graph, modelFromBytes(buffer));
  return Model(std::move(graph));
}

Result<Model> Model::fromDict(const Json& dict) {
  GLINT_ASSIGN(glint::Model graph, modelFromDict(dict));
  return Model(std::move(graph));
}

Result<Model> Model::fromJson(std::string_view text) {
  GLINT_ASSIGN(const Json dict, parseJson(text));
  return fromDict(dict);
}

Status Model::append(const Layer& layer, std::span<const Layer> inboundLayers) {
  const std::shared_ptr<LayerBody>& body = layer.body_;
  const std::string where = describe(layer.graph());
  if (body->model != nullptr) {
    return within(where, Error{Errc::Value,
                               "belongs to a model already, legal: a layer of its own; "
                               "Model::fromLayers copies layers"});
  }
  glint::Model& graph = body_->graph;
  std::unique_ptr<glint::Layer> copy = body->own->clone();
  for (const Layer& inbound : inboundLayers) {
    if (inbound.body_->model != body_) {
      return within(where, Error{Errc::Value, "the inbound " + describe(inbound.graph()) +
                                                  " is not in this model, legal: one that is"});
    }
    copy->inbounds.push_back(inbound.name());
  }
  if (inboundLayers.empty() && graph.layerCount() > 0 && copy->arity().most > 0) {
    copy->inbounds.push_back(graph.layer(graph.layerCount() - 1).name);
  }
  if (copy->name.empty()) copy->name = freshName(graph, copy->type());
  GLINT_TRY(graph.add(std::move(copy), glint::Model::Missing::Neutral));
  body->own.reset();
  body->model = body_;
  body->index = graph.layerCount() - 1;
  body_->handles.push_back(body);
  body_->unmap();
  return {};
}

Status Model::add(const Layer& layer, std::span<const Layer> inboundLayers) {
  if (body_->failure.ok()) body_->failure = append(layer, inboundLayers);
  return body_->failure;
}

Status Model::popLayer() {
  if (!body_->failure.ok()) return body_->failure;
  std::unique_ptr<glint::Layer> layer = body_->graph.popLayer();
  if (layer == nullptr) {
    return body_->failure = Error{Errc::Runtime, "the model has no layer to remove"};
  }
  if (const std::shared_ptr<LayerBody> handle = body_->handles.back().lock()) {
    layer->inbounds.clear();
    handle->own = std::move(layer);
    handle->model.reset();
  }
  body_->handles.pop_back();
  body_->unmap();
  return {};
}

const Status& Model::status() const { return body_->failure; }
void Model::clearError() { body_->failure = {}; }
const glint::Model& Model::graph() const { return body_->graph; }
int Model::getLayerCount() const { return body_->graph.layerCount(); }

Result<Layer> Model::getLayer(std::string_view name) const {
  const int index = body_->graph.find(name);
  if (index >= 0) return body_->handleOf(index);
  std::string legal;
  for (int i = 0; i < getLayerCount(); ++i) {
    legal += (legal.empty() ? "" : ", ") + body_->graph.layer(i).name;
  }
  return Error{Errc::Value, "no layer is called '" + std::string(name) +
                                "', legal: " + (legal.empty() ? "none" : legal)};
}

Result<Layer> Model::getLayer(int index) const {
  if (index >= 0 && index < getLayerCount()) return body_->handleOf(index);
  return Error{Errc::Value, "the layer index is " + std::to_string(index) + ", legal: 0 to " +
                                std::to_string(getLayerCount() - 1)};
}

std::vector<Layer> Model::layers() const {
  std::vector<Layer> all;
  for (int i = 0; i < getLayerCount(); ++i) all.push_back(body_->handleOf(i));
  return all;
}

Shape Model::inputShape() const {
  const std::vector<int> feeds = body_->graph.feeds();
  return feeds.empty() ? Shape{} : body_->graph.inputTypes(feeds[0])[0].shape;
}

Shape Model::outputShape() const {
  return getLayerCount() == 0 ? Shape{} : body_->graph.outputType(getLayerCount() - 1).shape;
}

std::optional<IpVersion> Model::ipVersion() const {
  for (int i = 0; i < getLayerCount(); ++i) {
    if (const auto version = body_->graph.layer(i).ipVersion()) return version;
  }
  return std::nullopt;
}

Status Model::writable() const {
  if (!body_->failure.ok()) return body_->failure;
  if (getLayerCount() == 0) return Error{Errc::Runtime, "the model has no layers to save"};
  return {};
}

Status Model::save(const std::string& path) const {
  if (const Status status = writable(); !status.ok()) return within(path, status.error());
  return saveModel(body_->graph, path);
}

Result<std::vector<std::byte>> Model::toBuffer() const {
  GLINT_TRY(writable());
  return modelToBytes(body_->graph);
}

Json Model::toDict() const { return modelToDict(body_->graph); }
std::string Model::toJson() const { return toDict().dump(); }

}  // namespace glint::api
