#include "nnets/formats/model_description.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/random.h"
#include "nnets/formats/model_file.h"
#include "nnets/formats/model_json.h"
#include "nnets/formats/random_variables.h"

namespace glint {
namespace {

/// Moves member `key` out of an object; null when there is none.
Json takeMember(Json::Object& object, std::string_view key) {
  const auto at = std::find_if(object.begin(), object.end(),
                               [&](const Json::Member& member) { return member.first == key; });
  if (at == object.end()) return {};
  Json value = std::move(at->second);
  object.erase(at);
  return value;
}

Result<std::uint64_t> seedOf(const Json& random) {
  const Json* seed = random.find("seed");
  if (seed != nullptr && random.asObject()->size() == 1 && seed->asInt() != nullptr &&
      *seed->asInt() >= 0) {
    return static_cast<std::uint64_t>(*seed->asInt());
  }
  return Error{Errc::Format, "'random' is " + (random.isNull() ? "missing" : random.dump()) +
                                 ", legal: {\"seed\": a number from 0 up}; a text without it has "
                                 "no weights"};
}

using Names = std::map<std::string, std::vector<std::string>, std::less<>>;

/// Takes `variables` out of the layers. What else is wrong with them is for modelFromHeader to say.
Status takeNames(Json::Array& layers, Json::Array& stripped, Names& names) {
  for (Json& layer : layers) {
    if (layer.asObject() == nullptr) {
      stripped.push_back(std::move(layer));
      continue;
    }
    Json::Object members = *layer.asObject();
    const Json list = takeMember(members, "variables");
    const Json* name = layer.find("name");
    const std::string key =
        name != nullptr && name->asString() != nullptr ? *name->asString() : std::string();
    stripped.emplace_back(std::move(members));
    if (list.isNull()) continue;
    std::vector<std::string> texts;
    for (const Json& item : list.asArray() != nullptr ? *list.asArray() : Json::Array()) {
      if (item.asString() != nullptr) texts.push_back(*item.asString());
    }
    if (list.asArray() == nullptr || texts.empty() || texts.size() != list.asArray()->size()) {
      return Error{Errc::Format, "layer '" + key + "': 'variables' is " + list.dump() +
                                     ", legal: a list of names"};
    }
    names.emplace(key, std::move(texts));
  }
  return {};
}

/// What a layer would read; empty when that is not known, which Model::add will report.
std::vector<TensorType> inputsOf(const Model& model, const Layer& layer) {
  std::vector<TensorType> inputs;
  if (layer.inbounds.empty()) {
    const Result<TensorType> feed = layer.feedType();
    if (feed.ok()) inputs.push_back(*feed);
    return inputs;
  }
  for (const std::string& name : layer.inbounds) {
    const int index = model.find(name);
    if (index < 0) return {};
    inputs.push_back(model.outputType(index));
  }
  const auto count = static_cast<int>(inputs.size());
  if (count < layer.arity().least || count > layer.arity().most) return {};
  return inputs;
}

}  // namespace

bool isDescription(std::span<const std::byte> file) {
  // A safetensors file begins with the length of its header in 8 bytes, the last of which is 0.
  if (file.size() < 8 || file[7] == std::byte{0}) return false;
  const auto first = std::find_if(file.begin(), file.end(), [](std::byte byte) {
    return std::isspace(std::to_integer<unsigned char>(byte)) == 0;
  });
  return first != file.end() && *first == std::byte{'{'};
}

Result<Model> modelFromDescription(std::string_view text) {
  GLINT_ASSIGN(const Json json, parseJson(text));
  if (json.asObject() == nullptr) {
    return Error{Errc::Format,
                 "the description is " + std::string(json.kindName()) + ", legal: an object"};
  }
  Json::Object header = *json.asObject();
  GLINT_ASSIGN(const std::uint64_t seed, seedOf(takeMember(header, "random")));
  Names names;
  for (Json::Member& member : header) {
    if (member.first != "layers" || member.second.asArray() == nullptr) continue;
    Json::Array layers = *member.second.asArray(), stripped;
    GLINT_TRY(takeNames(layers, stripped, names));
    member.second = Json(std::move(stripped));
  }
  Random random(seed);
  const auto draw = [&](const Model& model, Layer& layer) -> Status {
    const std::vector<TensorType> inputs = inputsOf(model, layer);
    if (inputs.empty()) return {};
    const auto named = names.find(layer.name);
    return drawVariables(layer, inputs,
                         named == names.end() ? std::span<const std::string>() : named->second,
                         WeightSpread::Full, random);
  };
  GLINT_ASSIGN(Model model, modelFromHeader(Json(std::move(header)), draw));
  GLINT_TRY(checkNotEmpty(model));
  return model;
}

}  // namespace glint
