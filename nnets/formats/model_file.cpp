#include "nnets/formats/model_file.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "core/file.h"
#include "core/json.h"
#include "nnets/formats/model_description.h"
#include "nnets/formats/model_json.h"
#include "nnets/formats/sinabs_vector.h"

namespace glint {
namespace {

constexpr std::array<std::string_view, 5> kVectorFolders{"in", "out", "predict", "state", "exact"};

template <typename Items>
bool contains(const Items& items, std::string_view item) {
  return std::find(items.begin(), items.end(), item) != items.end();
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

Error notOurs(bool isFbz) {
  return {isFbz ? Errc::Unsupported : Errc::Format,
          std::string(isFbz ? "a model of BrainChip's runtime"
                            : "not a Glint model: it has no safetensors header. If it was saved "
                              "by BrainChip's runtime (.fbz)") +
              ", Glint cannot read it: convert the quantized model it was made from to a .glint "
              "file (docs/file-format.md)"};
}

}  // namespace

Status checkNotEmpty(const Model& model) {
  if (model.layerCount() > 0) return {};
  return Error{Errc::Format, "'layers' is [], legal: a list of at least one layer"};
}

Result<Model> modelFromSafeTensors(const SafeTensors& file) {
  const auto text = file.metadata.find("glint");
  if (text == file.metadata.end()) {
    return Error{Errc::Format, "no metadata 'glint': a safetensors file, but not a Glint model"};
  }
  Result<Json> header = parseJson(text->second);
  if (!header.ok()) return within("metadata 'glint'", header.error());
  GLINT_ASSIGN(Model model, modelFromHeader(*header, [&file](const Model&, Layer& layer) {
                 takeVariables(file, layer);
                 return Status();
               }));
  GLINT_TRY(checkNotEmpty(model));
  GLINT_TRY(checkTensors(file, model));
  return model;
}

SafeTensors modelToSafeTensors(const Model& model) {
  SafeTensors file;
  for (int i = 0; i < model.layerCount(); ++i) {
    const Layer& layer = model.layer(i);
    for (const auto& [variableName, tensor] : layer.variables) {
      file.tensors.emplace(layer.name + "/" + variableName, tensor);
    }
  }
  file.metadata["glint"] = modelHeader(model).dump();
  return file;
}

Result<Model> modelFromBytes(std::span<const std::byte> bytes) {
  if (!looksLikeSafeTensors(bytes)) return notOurs(false);
  GLINT_ASSIGN(const SafeTensors file, parseSafeTensors(bytes));
  return modelFromSafeTensors(file);
}

std::vector<std::byte> modelToBytes(const Model& model) {
  return serializeSafeTensors(modelToSafeTensors(model));
}

namespace {

Result<SafeTensors> containerOf(const std::vector<std::byte>& bytes, const std::string& path) {
  if (!looksLikeSafeTensors(bytes)) return within(path, notOurs(endsWithFbz(path)));
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
  if (isSinabsVector(file)) {
    GLINT_ASSIGN(SinabsVector run, loadSinabsVector(path));
    return std::move(run.model);
  }
  Result<Model> model = modelFromSafeTensors(file);
  if (!model.ok()) return within(path, model.error());
  return model;
}

Status saveModel(const Model& model, const std::string& path) {
  return writeSafeTensors(path, modelToSafeTensors(model));
}

}  // namespace glint
