#include "nnets/formats/vector_file.h"

#include <algorithm>
#include <utility>

#include "core/json.h"
#include "nnets/formats/model_file.h"

namespace glint {
namespace {

/// The interface has no parameter for a signed picture: the tensor says it.
void addInputSigns(SafeTensors& file) {
  Result<Json> header = parseJson(file.metadata["glint"]);
  if (!header.ok()) return;
  const Json* layers = header->find("layers");
  if (layers == nullptr || layers->asArray() == nullptr) return;
  Json::Array changed = *layers->asArray();
  for (Json& layer : changed) {
    const Json* type = layer.find("type");
    const Json* name = layer.find("name");
    const Json* params = layer.find("params");
    if (type == nullptr || *type != Json("InputConv2D") || name == nullptr || params == nullptr ||
        name->asString() == nullptr || params->find("input_signed") != nullptr) {
      continue;
    }
    const auto feed = file.tensors.find("in/" + *name->asString());
    if (feed == file.tensors.end() || feed->second.type() != DType::I8) continue;
    Json withSign = *params;
    withSign.set("input_signed", true);
    layer.set("params", std::move(withSign));
  }
  header->set("layers", Json(std::move(changed)));
  file.metadata["glint"] = header->dump();
}

Error wrongKey(const std::string& key, const Json& value, const std::string& legal) {
  return {Errc::Format,
          "metadata 'vector': '" + key + "' is " + value.dump() + ", legal: " + legal};
}

Status readText(const Json& json, const std::string& key, std::string& text) {
  const Json* value = json.find(key);
  if (value == nullptr) return {};
  if (value->asString() == nullptr) return wrongKey(key, *value, "a string");
  text = *value->asString();
  return {};
}

Status readMetadata(const Json& json, VectorFile& vector) {
  GLINT_TRY(readText(json, "origin", vector.origin));
  GLINT_TRY(readText(json, "note", vector.note));
  if (const Json* steps = json.find("steps")) {
    if (steps->asBool() == nullptr) return wrongKey("steps", *steps, "true or false");
    vector.steps = *steps->asBool();
  }
  if (const Json* resets = json.find("reset_before")) {
    const Error wrong = wrongKey("reset_before", *resets, "a list of steps");
    if (resets->asArray() == nullptr) return wrong;
    for (const Json& item : *resets->asArray()) {
      if (item.asInt() == nullptr || !std::in_range<int>(*item.asInt())) return wrong;
      vector.resetBefore.push_back(static_cast<int>(*item.asInt()));
    }
  }
  if (const Json* tolerance = json.find("tolerance")) {
    const Json* codes = tolerance->find("codes");
    const Json* exact = tolerance->find("exact");
    Tolerance read;
    const bool ok = (codes == nullptr || codes->asNumber(read.codes)) &&
                    (exact == nullptr || exact->asNumber(read.exact));
    if (!ok) return wrongKey("tolerance", *tolerance, "an object of numbers");
    vector.tolerance = read;
  }
  return {};
}

/// Sorts the tensors that are no variables into their maps.
Status takeTensors(const SafeTensors& file, VectorFile& vector) {
  const std::pair<std::string, std::map<std::string, Tensor>*> folders[] = {
      {"in/", &vector.in},       {"out/", &vector.out},     {"predict/", &vector.predict},
      {"state/", &vector.state}, {"exact/", &vector.exact},
  };
  vector.count = -1;
  for (const auto& [tensorName, tensor] : file.tensors) {
    for (const auto& [prefix, target] : folders) {
      if (tensorName.compare(0, prefix.size(), prefix) != 0) continue;
      const std::string key = tensorName.substr(prefix.size());
      if (vector.model.find(key.substr(0, key.find('/'))) < 0) {
        return Error{Errc::Format, "tensor '" + tensorName + "' names no layer"};
      }
      if (tensor.shape().rank() < 2 || (vector.count >= 0 && tensor.shape()[0] != vector.count)) {
        return Error{Errc::Format, "tensor '" + tensorName + "' has shape " +
                                       tensor.shape().toString() +
                                       ", legal: one first extent for all tensors"};
      }
      if (tensor.type() == DType::U32 || tensor.type() == DType::I64) {
        return Error{Errc::Format, "tensor '" + tensorName + "' is " +
                                       std::string(name(tensor.type())) +
                                       ", legal: at most int32, or float"};
      }
      vector.count = tensor.shape()[0];
      target->emplace(key, tensor);
    }
  }
  if (vector.in.empty()) return Error{Errc::Format, "a vector without tensors in/..."};
  return {};
}

Result<VectorFile> vectorFrom(SafeTensors file) {
  const auto text = file.metadata.find("vector");
  if (text == file.metadata.end()) {
    return Error{Errc::Format, "no metadata 'vector': a model, but not a test vector"};
  }
  Result<Json> json = parseJson(text->second);
  if (!json.ok()) return within("metadata 'vector'", json.error());
  VectorFile vector;
  GLINT_TRY(readMetadata(*json, vector));
  addInputSigns(file);
  GLINT_ASSIGN(vector.model, modelFromSafeTensors(file));
  GLINT_TRY(takeTensors(file, vector));
  return vector;
}

}  // namespace

Result<VectorFile> loadVector(const std::string& path) {
  GLINT_ASSIGN(SafeTensors file, readModelContainer(path));
  Result<VectorFile> vector = vectorFrom(std::move(file));
  if (!vector.ok()) return within(path, vector.error());
  return vector;
}

}  // namespace glint
