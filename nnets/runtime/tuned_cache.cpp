#include "nnets/runtime/tuned_cache.h"

#include <filesystem>
#include <span>
#include <system_error>
#include <utility>

#include "core/file.h"
#include "core/version.h"
#include "gpu/program_cache_file.h"

namespace glint {
namespace {

constexpr int kFormat = 1;

std::string_view textOf(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// What a layer is, but for the extent of a feed.
std::string describeLayer(const Layer& layer) {
  Json params = writeFields(layer);
  if (const Json* shape = params.find("input_shape");
      shape != nullptr && shape->asArray() != nullptr && layer.fullyConvolutional()) {
    params.set("input_shape", shape->asArray()->back());
  }
  std::string text = layer.name + "\n" + std::string(layer.type()) + "\n" + params.dump();
  for (const std::string& inbound : layer.inbounds) text += "\n" + inbound;
  return text;
}

gpu::CacheKey keyOf(const gpu::Context& context, const Model& model) {
  const gpu::Capabilities& caps = context.capabilities();
  gpu::CacheKey key = gpu::makeCacheKey(
      {kVersion, caps.vendor, caps.renderer, caps.version, caps.glslVersion,
       std::to_string(caps.esMajor), std::to_string(caps.maxDrawBuffers),
       std::to_string(caps.fragmentTextureUnits), std::to_string(caps.fragmentUniformVectors)});
  for (int i = 0; i < model.layerCount(); ++i) {
    const Layer& layer = model.layer(i);
    key = gpu::makeCacheKey({key.toText(), describeLayer(layer)});
    for (const auto& [name, tensor] : layer.variables) {
      key = gpu::makeCacheKey({key.toText(), name, textOf(tensor.bytes())});
    }
  }
  return key;
}

Result<Tuned> parse(std::string_view text, const std::string& key) {
  GLINT_ASSIGN(const Json json, parseJson(text));
  const Json *format = json.find("format"), *owner = json.find("key"), *check = json.find("check"),
             *tuned = json.find("tuned");
  if (format == nullptr || *format != Json(kFormat)) return Error{Errc::Format, "another format"};
  if (owner == nullptr || *owner != Json(key)) {
    return Error{Errc::Format, "of another model, device or version"};
  }
  if (tuned == nullptr || check == nullptr ||
      *check != Json(gpu::makeCacheKey({tuned->dump()}).toText())) {
    return Error{Errc::Format, "damaged"};
  }
  return tunedFromJson(*tuned);
}

std::string pathOf(const std::string& directory, const std::string& key) {
  return directory + "/" + key + ".tuned.json";
}

}  // namespace

std::string tunedPath(const std::string& directory, const gpu::Context& context,
                      const Model& model) {
  return directory.empty() ? std::string() : pathOf(directory, keyOf(context, model).toText());
}

std::optional<Tuned> loadTuned(const std::string& directory, const gpu::Context& context,
                               const Model& model) {
  if (directory.empty()) return std::nullopt;
  const std::string key = keyOf(context, model).toText();
  const std::string path = pathOf(directory, key);
  const auto file = gpu::readCacheFile(path);
  if (!file.ok()) return std::nullopt;
  Result<Tuned> tuned = parse(textOf(*file), key);
  if (tuned.ok()) {
    for (const TunedLayer& layer : tuned->layers) {
      if (layer.layer < model.layerCount()) continue;
      tuned = Error{Errc::Format, "it has more layers than the model"};
      break;
    }
  }
  if (tuned.ok()) return std::move(tuned).value();
  context.log(LogLevel::Info, path + " is not used: " + tuned.error().message);
  return std::nullopt;
}

Status storeTuned(const std::string& directory, const Tuned& tuned, const gpu::Context& context,
                  const Model& model) {
  std::error_code failure;
  std::filesystem::create_directories(directory, failure);
  const std::string key = keyOf(context, model).toText();
  const Json body = tunedJson(tuned);
  Json json = Json::object();
  json.set("format", kFormat);
  json.set("key", key);
  json.set("check", gpu::makeCacheKey({body.dump()}).toText());
  json.set("tuned", body);
  const std::string text = json.dump(1) + "\n";
  return writeFile(pathOf(directory, key), std::as_bytes(std::span(text.data(), text.size())));
}

}  // namespace glint
