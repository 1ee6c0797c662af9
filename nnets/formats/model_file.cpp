#include "nnets/formats/model_file.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "core/file.h"
#include "core/json.h"
#include "nnets/formats/model_description.h"

namespace glint {
namespace {

constexpr std::int64_t kFormat = 1;
constexpr std::array<std::string_view, 5> kModelKeys{"format", "layers", "inputs", "outputs",
                                                     "requires"};
constexpr std::array<std::string_view, 5> kLayerKeys{"name", "type", "params", "inbounds",
                                                     "output_signed"};
constexpr std::array<std::string_view, 5> kVectorFolders{"in", "out", "predict", "state", "exact"};

template <typename Items>
bool contains(const Items& items, std::string_view item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

template <typename Keys>
Status checkKeys(const Json::Object& object, const Keys& keys) {
  for (const Json::Member& member : object) {
    if (contains(keys, member.first)) continue;
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

/// The part of a tensor's name before the first '/', and what follows it.
std::pair<std::string_view, std::string_view> splitName(std::string_view tensorName) {
  const std::size_t slash = tensorName.find('/');
  if (slash == std::string_view::npos) return {tensorName, {}};
  return {tensorName.substr(0, slash), tensorName.substr(slash + 1)};
}

/// Moves the tensors `<layer>/...` into the layer. Tensors are ordered by name.
void takeVariables(const SafeTensors& file, Layer& layer) {
  const std::string prefix = layer.name + "/";
  for (auto it = file.tensors.lower_bound(prefix);
       it != file.tensors.end() && it->first.compare(0, prefix.size(), prefix) == 0; ++it) {
    layer.variables.emplace(it->first.substr(prefix.size()), it->second);
  }
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

Status addLayer(const Json& json, const VariableSource& variables, Model& model) {
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
  const Status keys = checkKeys(*json.asObject(), kLayerKeys);
  if (!keys.ok()) return within(describe(*layer), keys.error());
  const Json* params = json.find("params");
  GLINT_TRY(readFields(*layer, params != nullptr ? *params : Json::object()));
  GLINT_TRY(readInbounds(json, *layer));
  GLINT_TRY(variables(model, *layer));
  GLINT_TRY(model.add(std::move(layer)));
  return checkOutputSign(json, model);
}

Status checkFormat(const Json& header) {
  if (header.asObject() == nullptr) {
    return Error{Errc::Format, "metadata 'glint' is " + header.dump() + ", legal: an object"};
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

/// Every tensor belongs to a layer, or to the data of a test vector.
Status checkTensors(const SafeTensors& file, const Model& model) {
  const bool isVector = file.metadata.count("vector") > 0;
  for (const auto& [tensorName, tensor] : file.tensors) {
    const auto [owner, rest] = splitName(tensorName);
    if (!rest.empty() && model.find(owner) >= 0) continue;
    if (isVector && !rest.empty() && contains(kVectorFolders, owner)) continue;
    return Error{Errc::Format, "tensor '" + tensorName + "' belongs to no layer"};
  }
  return {};
}

bool endsWithFbz(const std::string& path) {
  constexpr std::string_view kSuffix = ".fbz";
  return path.size() >= kSuffix.size() &&
         path.compare(path.size() - kSuffix.size(), kSuffix.size(), kSuffix) == 0;
}

/// Safetensors begin with the length of the header in 8 bytes and the '{' of the header.
bool looksLikeSafeTensors(std::span<const std::byte> bytes) {
  return bytes.size() > 8 && bytes[8] == std::byte{'{'};
}

Error notOurs(const std::string& path) {
  const std::string start = endsWithFbz(path) ? "a model of BrainChip's runtime"
                                              : "not a Glint model: it has no safetensors header";
  return {endsWithFbz(path) ? Errc::Unsupported : Errc::Format,
          path + ": " + start +
              (endsWithFbz(path) ? "" : ". If it was saved by BrainChip's runtime (.fbz)") +
              ", Glint cannot read it: convert the quantized model it was made from to a .glint "
              "file (docs/file-format.md)"};
}

}  // namespace

Result<Model> modelFromSafeTensors(const SafeTensors& file) {
  const auto text = file.metadata.find("glint");
  if (text == file.metadata.end()) {
    return Error{Errc::Format, "no metadata 'glint': a safetensors file, but not a Glint model"};
  }
  Result<Json> header = parseJson(text->second);
  if (!header.ok()) return within("metadata 'glint'", header.error());
  Result<Model> model = modelFromText(*header, [&](const Model&, Layer& layer) {
    takeVariables(file, layer);
    return Status();
  });
  if (model.ok()) GLINT_TRY(checkTensors(file, *model));
  return model;
}

Result<Model> modelFromText(const Json& text, const VariableSource& variables) {
  GLINT_TRY(checkFormat(text));
  const Json* layers = text.find("layers");
  if (layers == nullptr || layers->asArray() == nullptr || layers->asArray()->empty()) {
    return Error{Errc::Format, "'layers' is " + (layers ? layers->dump() : "missing") +
                                   ", legal: a list of at least one layer"};
  }
  Model model;
  for (const Json& layer : *layers->asArray()) GLINT_TRY(addLayer(layer, variables, model));
  if (const Json* inputs = text.find("inputs")) model.inputInfo = *inputs;
  if (const Json* outputs = text.find("outputs")) model.outputInfo = *outputs;
  return model;
}

SafeTensors modelToSafeTensors(const Model& model) {
  SafeTensors file;
  Json layers = Json::array();
  for (int i = 0; i < model.layerCount(); ++i) {
    const Layer& layer = model.layer(i);
    Json json = Json::object();
    json.set("name", layer.name);
    json.set("type", layer.type());
    json.set("params", writeFields(layer));
    json.set("inbounds", Json(Json::Array(layer.inbounds.begin(), layer.inbounds.end())));
    layers.push(std::move(json));
    for (const auto& [variableName, tensor] : layer.variables) {
      file.tensors.emplace(layer.name + "/" + variableName, tensor);
    }
  }
  Json header = Json::object();
  header.set("format", kFormat);
  header.set("layers", std::move(layers));
  if (!model.inputInfo.isNull()) header.set("inputs", model.inputInfo);
  if (!model.outputInfo.isNull()) header.set("outputs", model.outputInfo);
  file.metadata["glint"] = header.dump();
  return file;
}

namespace {

Result<SafeTensors> containerOf(const std::vector<std::byte>& bytes, const std::string& path) {
  if (!looksLikeSafeTensors(bytes)) return notOurs(path);
  Result<SafeTensors> file = parseSafeTensors(bytes);
  if (!file.ok()) return within(path, file.error());
  return file;
}

}  // namespace

Result<SafeTensors> readModelContainer(const std::string& path) {
  GLINT_ASSIGN(const std::vector<std::byte> bytes, readFile(path));
  return containerOf(bytes, path);
}

Result<Model> loadModel(const std::string& path) {
  GLINT_ASSIGN(const std::vector<std::byte> bytes, readFile(path));
  if (isDescription(bytes)) {
    Result<Model> described =
        modelFromDescription({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    if (!described.ok()) return within(path, described.error());
    return described;
  }
  GLINT_ASSIGN(const SafeTensors file, containerOf(bytes, path));
  Result<Model> model = modelFromSafeTensors(file);
  if (!model.ok()) return within(path, model.error());
  return model;
}

Status saveModel(const Model& model, const std::string& path) {
  return writeSafeTensors(path, modelToSafeTensors(model));
}

}  // namespace glint
