#include "nnets/formats/model_json.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "core/tensor_json.h"
#include "nnets/graph/learning_params.h"

namespace glint {
namespace {

constexpr std::int64_t kFormat = 1;
constexpr std::array<std::string_view, 5> kModelKeys{"format", "layers", "inputs", "outputs",
                                                     "requires"};
constexpr std::array<std::string_view, 6> kLayerKeys{"name",     "type",          "params",
                                                     "inbounds", "output_signed", "learning"};
constexpr std::array<std::string_view, 7> kDictKeys{
    "name", "type", "params", "inbounds", "output_signed", "learning", "variables"};

template <typename Keys>
Status checkKeys(const Json::Object& object, const Keys& keys) {
  for (const Json::Member& member : object) {
    if (std::find(keys.begin(), keys.end(), member.first) != keys.end()) continue;
    std::string legal;
    for (const std::string_view key : keys) legal += (legal.empty() ? "" : ", ") + std::string(key);
    return Error{Errc::Format, "unknown key '" + member.first + "', legal: " + legal};
  }
  return {};
}

/// The string member `key`, which must be there.
Result<std::string> textOf(const Json& object, std::string_view key) {
  const Json* json = object.find(key);
  const std::string* text = json != nullptr ? json->asString() : nullptr;
  if (text != nullptr) return *text;
  return Error{Errc::Format, "'" + std::string(key) + "' is " +
                                 (json != nullptr ? json->dump() : "missing") +
                                 ", legal: a string"};
}

Status readInbounds(const Json& json, Layer& layer) {
  const Json* inbounds = json.find("inbounds");
  if (inbounds == nullptr) return {};
  const Error wrong{Errc::Format,
                    "'inbounds' is " + inbounds->dump() + ", legal: a list of layer names"};
  if (inbounds->asArray() == nullptr) return within(describe(layer), wrong);
  for (const Json& item : *inbounds->asArray()) {
    if (item.asString() == nullptr) return within(describe(layer), wrong);
    layer.inbounds.push_back(*item.asString());
  }
  return {};
}

/// `learning`, of layers that were compiled to learn.
Status readLearning(const Json& json, Layer& layer) {
  const Json* given = json.find("learning");
  if (given == nullptr) return {};
  const std::string where = describe(layer) + ": 'learning'";
  const Result<LearningParams> params = learningFromJson(*given);
  if (!params.ok()) return within(where, params.error());
  const Status status = layer.setLearning(*params);
  return status.ok() ? status : within(where, status.error());
}

/// `output_signed`, where given, must be what the layer reports.
Status checkOutputSign(const Json& json, const Model& model) {
  const Json* given = json.find("output_signed");
  if (given == nullptr) return {};
  const int last = model.layerCount() - 1;
  const bool isSigned = model.outputType(last).isSigned;
  if (given->asBool() != nullptr && *given->asBool() == isSigned) return {};
  return within(describe(model.layer(last)),
                Error{Errc::Value, "'output_signed' is " + given->dump() + ", but the output is " +
                                       model.outputType(last).toString()});
}

/// The member "variables" of a dict, into the layer.
Status takeInside(const Json& json, Layer& layer) {
  const Json* variables = json.find("variables");
  if (variables == nullptr) return {};
  if (variables->asObject() == nullptr) {
    return within(describe(layer), Error{Errc::Format, "'variables' is no object"});
  }
  for (const auto& [variableName, value] : *variables->asObject()) {
    Result<Tensor> tensor = tensorFromJson(value);
    if (!tensor.ok()) {
      return within(describe(layer) + ": variable '" + variableName + "'", tensor.error());
    }
    layer.variables.emplace(variableName, *std::move(tensor));
  }
  return {};
}

/// How a layer gets its variables: from `takeVariables`, or, where that is empty, from its dict.
Status addLayer(const Json& json, const TakeVariables& takeVariables, Model& model) {
  const std::string where = "layer " + std::to_string(model.layerCount());
  if (json.asObject() == nullptr) {
    return within(where, Error{Errc::Format, "is " + json.dump() + ", legal: an object"});
  }
  Result<std::string> name = textOf(json, "name");
  if (!name.ok()) return within(where, name.error());
  Result<std::string> type = textOf(json, "type");
  if (!type.ok()) return within("layer '" + *name + "'", type.error());
  std::unique_ptr<Layer> layer = makeLayer(*type);
  if (layer == nullptr) {
    return Error{Errc::Unsupported,
                 "layer '" + *name + "': layer type '" + *type + "' is not known to this version"};
  }
  layer->name = *name;
  const Status keys = takeVariables ? checkKeys(*json.asObject(), kLayerKeys)
                                    : checkKeys(*json.asObject(), kDictKeys);
  if (!keys.ok()) return within(describe(*layer), keys.error());
  const Json* params = json.find("params");
  GLINT_TRY(readFields(*layer, params != nullptr ? *params : Json::object()));
  GLINT_TRY(readInbounds(json, *layer));
  GLINT_TRY(readLearning(json, *layer));
  GLINT_TRY(takeVariables ? takeVariables(model, *layer) : takeInside(json, *layer));
  GLINT_TRY(model.add(std::move(layer)));
  return checkOutputSign(json, model);
}

Status checkFormat(const Json& header) {
  if (header.asObject() == nullptr) {
    return Error{Errc::Format,
                 "the model is " + header.dump().substr(0, 80) + ", legal: an object"};
  }
  const Json* format = header.find("format");
  if (format == nullptr || format->asInt() == nullptr) {
    return Error{Errc::Format, "'format' is " + (format ? format->dump() : "missing") +
                                   ", legal: " + std::to_string(kFormat)};
  }
  if (*format->asInt() != kFormat) {
    return Error{Errc::Unsupported, "'format' is " + format->dump() +
                                        ", legal: " + std::to_string(kFormat) +
                                        "; a newer version of Glint may read it"};
  }
  if (const Json* needs = header.find("requires")) {
    if (needs->asArray() == nullptr) {
      return Error{Errc::Format, "'requires' is " + needs->dump() + ", legal: a list"};
    }
    if (!needs->asArray()->empty()) {
      return Error{Errc::Unsupported, "'requires' names " + needs->asArray()->front().dump() +
                                          ", which this version does not have"};
    }
  }
  return checkKeys(*header.asObject(), kModelKeys);
}

Result<Model> readModel(const Json& header, const TakeVariables& takeVariables) {
  GLINT_TRY(checkFormat(header));
  const Json* layers = header.find("layers");
  if (layers == nullptr || layers->asArray() == nullptr) {
    return Error{Errc::Format, "'layers' is " + (layers ? layers->dump() : "missing") +
                                   ", legal: a list of layers"};
  }
  Model model;
  for (const Json& layer : *layers->asArray()) GLINT_TRY(addLayer(layer, takeVariables, model));
  if (const Json* inputs = header.find("inputs")) model.inputInfo = *inputs;
  if (const Json* outputs = header.find("outputs")) model.outputInfo = *outputs;
  return model;
}

/// The members of a model around its layers.
Json wrapLayers(const Model& model, Json layers) {
  Json header = Json::object();
  header.set("format", kFormat);
  header.set("layers", std::move(layers));
  if (!model.inputInfo.isNull()) header.set("inputs", model.inputInfo);
  if (!model.outputInfo.isNull()) header.set("outputs", model.outputInfo);
  return header;
}

}  // namespace

Json layerHeader(const Layer& layer) {
  Json json = Json::object();
  json.set("name", layer.name);
  json.set("type", layer.type());
  json.set("params", writeFields(layer));
  json.set("inbounds", Json(Json::Array(layer.inbounds.begin(), layer.inbounds.end())));
  if (layer.learning() != nullptr) json.set("learning", learningToJson(*layer.learning()));
  return json;
}

Json layerToDict(const Layer& layer) {
  Json variables = Json::object();
  for (const auto& [variableName, tensor] : layer.variables) {
    variables.set(variableName, tensorToJson(tensor));
  }
  Json json = layerHeader(layer);
  json.set("variables", std::move(variables));
  return json;
}

Json modelHeader(const Model& model) {
  Json layers = Json::array();
  for (int i = 0; i < model.layerCount(); ++i) layers.push(layerHeader(model.layer(i)));
  return wrapLayers(model, std::move(layers));
}

Json modelToDict(const Model& model) {
  Json layers = Json::array();
  for (int i = 0; i < model.layerCount(); ++i) layers.push(layerToDict(model.layer(i)));
  return wrapLayers(model, std::move(layers));
}

Result<Model> modelFromHeader(const Json& header, const TakeVariables& takeVariables) {
  return readModel(header, takeVariables);
}

Result<Model> modelFromDict(const Json& dict) { return readModel(dict, {}); }

}  // namespace glint
