#include "apps/glint/options.h"

#include <charconv>

#include <CLI/CLI.hpp>

#include "apps/glint/output.h"
#include "gpu/program_cache.h"
#include "nnets/formats/model_file.h"

namespace glint::cli {
namespace {

constexpr int kMaxSide = 65536;

Result<int> parseSide(const std::string& part) {
  int side = 0;
  const auto [end, failure] = std::from_chars(part.data(), part.data() + part.size(), side);
  if (failure == std::errc() && end == part.data() + part.size() && side >= 1 && side <= kMaxSide) {
    return side;
  }
  return Error{Errc::Value, "'" + part + "' is no number from 1 to " + std::to_string(kMaxSide)};
}

std::string checkEs(const std::string& value) {
  if (value == "2" || value == "3") return {};
  return "'" + value + "' is no version of OpenGL ES, legal: 2, 3";
}

}  // namespace

std::string CommonOptions::cacheDirectory() const {
  if (noCache) return {};
  return cache.empty() ? gpu::ProgramCache::defaultDirectory() : cache;
}

MappingOptions CommonOptions::mapping(MappingOptions mapping) const {
  mapping.forcePlacement = placement != "auto";
  if (placement == "inline") mapping.placement = Placement::Inline;
  if (placement == "texture") mapping.placement = Placement::Texture;
  if (texels == "rgba8") mapping.bytes = Storage::Norm8;
  if (texels == "rgba8ui") mapping.bytes = Storage::Uint8;
  if (texels == "packed") mapping.bytes = Storage::Packed;
  return mapping;
}

void addCommonOptions(CLI::App& command, CommonOptions& options) {
  const std::string group = "Common";
  command.add_option("--backend", options.backend, "gpu (the default) or reference: plain loops")
      ->check(CLI::IsMember({"reference", "gpu"}))
      ->group(group);
  command.add_option("--device", options.device, "GL device by name or index: see 'glint info'")
      ->group(group);
  command.add_option("--es", options.es, "OpenGL ES version: 3 (the default), or 2")
      ->check(CLI::Validator(checkEs, ""))
      ->group(group);
  command
      .add_option("--draw-buffers", options.drawBuffers,
                  "Hold the device to this many draw buffers")
      ->check(CLI::Range(1, 32))
      ->group(group);
  command
      .add_option("--placement", options.placement,
                  "Where weights live: auto, inline, uniform or texture")
      ->check(CLI::IsMember({"auto", "inline", "uniform", "texture"}))
      ->group(group);
  command
      .add_option(
          "--texels", options.texels,
          "How textures hold bytes: auto, rgba8, or (OpenGL ES 3) rgba8ui or packed, sixteen a "
          "texel")
      ->check(CLI::IsMember({"auto", "rgba8", "rgba8ui", "packed"}))
      ->group(group);
  auto* cache =
      command.add_option("--cache", options.cache, "Folder of compiled programs")->group(group);
  command.add_flag("--no-cache", options.noCache, "Keep no compiled programs")
      ->excludes(cache)
      ->group(group);
  command.add_flag("--json", options.json, "Print one JSON object and nothing else")->group(group);
}

Result<Size> parseSize(const std::string& sizeText) {
  const std::size_t by = sizeText.find('x');
  GLINT_ASSIGN(const int width, parseSide(sizeText.substr(0, by)));
  if (by == std::string::npos) return Size{width, width};
  GLINT_ASSIGN(const int height, parseSide(sizeText.substr(by + 1)));
  return Size{width, height};
}

void addSizeOption(CLI::App& command, Size& size, const std::string& description) {
  command
      .add_option_function<std::string>(
          "--size",
          [&size](const std::string& value) {
            const Result<Size> parsed = parseSize(value);
            if (!parsed.ok()) throw CLI::ValidationError("--size", parsed.error().message);
            size = *parsed;
          },
          description)
      ->type_name("WxH");
}

Result<Model> loadModelAt(const std::string& path, const Size& size) {
  GLINT_ASSIGN(Model model, loadModel(path));
  if (!size.given()) return model;
  Result<Model> bound = model.withExtent(size.height, size.width);
  if (!bound.ok()) return within(path, bound.error());
  return bound;
}

bool isHostEdge(std::string_view type) {
  return type == "InputData" || type == "Quantizer" || type == "Dequantizer";
}

}  // namespace glint::cli
