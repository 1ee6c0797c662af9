#include <array>
#include <string>
#include <utility>

#include "core/json.h"
#include "core/safetensors.h"
#include "nnets/learning/learned_layer.h"

namespace glint {
namespace {

constexpr std::string_view kKey = "glint.learn_mem";
constexpr std::int64_t kFormat = 1;
constexpr std::array<std::string_view, 3> kVariables{"weights", "threshold_learning",
                                                     "learning_steps"};

/// FNV-1a of 64 bits over a text and all tensors, names included: against damage, not against
/// forgery.
std::string checksum(const std::string& text, const SafeTensors& contents) {
  std::uint64_t hash = 0xCBF29CE484222325u;
  const auto add = [&](std::span<const std::byte> bytes) {
    for (const std::byte byte : bytes) {
      hash = (hash ^ static_cast<std::uint64_t>(byte)) * 0x100000001B3u;
    }
  };
  add(std::as_bytes(std::span<const char>(text)));
  for (const auto& [name, tensor] : contents.tensors) {
    add(std::as_bytes(std::span<const char>(name)));
    add(tensor.bytes());
  }
  return std::to_string(hash);
}

const std::string* textOf(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  return value == nullptr ? nullptr : value->asString();
}

/// The header of the bytes, whose version and checksum are right.
Result<Json> readHeader(const SafeTensors& contents) {
  const auto text = contents.metadata.find(std::string(kKey));
  if (text == contents.metadata.end()) {
    return Error{Errc::Format,
                 "no metadata '" + std::string(kKey) + "', legal: what learnMem gave"};
  }
  GLINT_ASSIGN(Json header, parseJson(text->second));
  const Json* format = header.find("format");
  if (format == nullptr || *format != Json(kFormat)) {
    return Error{Errc::Unsupported, "format is " + (format ? format->dump() : "missing") +
                                        ", this version has " + std::to_string(kFormat)};
  }
  const std::string* sum = textOf(header, "checksum");
  const Json* learning = header.find("learning");
  if (sum == nullptr || learning == nullptr || *sum != checksum(learning->dump(), contents)) {
    return Error{Errc::Format, "the checksum is wrong: the bytes are damaged"};
  }
  return header;
}

Status restore(Model& model, std::span<const std::byte> bytes) {
  GLINT_ASSIGN(const SafeTensors contents, parseSafeTensors(bytes));
  GLINT_ASSIGN(const Json header, readHeader(contents));
  GLINT_ASSIGN(const LearningParams params, learningFromJson(*header.find("learning")));
  const int last = model.layerCount() - 1;
  const LearningParams& own = *model.layer(last).learning();
  if (params != own) {
    return Error{Errc::Value, "it is of a layer with " + learningToJson(params).dump() +
                                  ", legal: " + learningToJson(own).dump()};
  }
  Model changed = model;
  for (const std::string_view name : kVariables) {
    const auto found = contents.tensors.find(std::string(name));
    if (found == contents.tensors.end()) {
      return Error{Errc::Format, "the variable '" + std::string(name) + "' is missing"};
    }
    GLINT_TRY(changed.setVariable(last, name, found->second));
  }
  model = std::move(changed);
  return {};
}

}  // namespace

Result<std::vector<std::byte>> learnMem(const Model& model) {
  GLINT_TRY(learnedState(model));
  const int last = model.layerCount() - 1;
  const Layer& layer = model.layer(last);
  SafeTensors contents;
  for (const VariableDecl& decl : layer.variableTable(model.inputTypes(last))) {
    for (const std::string_view name : kVariables) {
      if (decl.name == name) contents.tensors.emplace(decl.name, variableOrNeutral(layer, decl));
    }
  }
  Json header = Json::object();
  header.set("format", kFormat);
  header.set("learning", learningToJson(*layer.learning()));
  header.set("checksum", checksum(header.find("learning")->dump(), contents));
  contents.metadata[std::string(kKey)] = header.dump();
  return serializeSafeTensors(contents);
}

Status setLearnMem(Model& model, std::span<const std::byte> bytes) {
  GLINT_TRY(learnedState(model));
  const Status status = restore(model, bytes);
  return status.ok() ? status : within("learn_mem", status.error());
}

}  // namespace glint
