#include "nnets/devices/tuned.h"

#include <algorithm>
#include <array>
#include <utility>

namespace glint {
namespace {

constexpr int kMostFilters = 512;
constexpr std::array kPlacements{Placement::Inline, Placement::Uniform, Placement::Texture};
constexpr std::array kTexels{Storage::Norm8, Storage::Uint8, Storage::Packed};

Error wrong(const std::string& key, const Json* value, const std::string& legal) {
  return {Errc::Format, "'" + key + "' is " + (value == nullptr ? "missing" : value->dump()) +
                            ", legal: " + legal};
}

Result<std::int64_t> numberOf(const Json& json, const std::string& key, std::int64_t least,
                              std::int64_t most) {
  const Json* value = json.find(key);
  if (value != nullptr && value->asInt() != nullptr && *value->asInt() >= least &&
      *value->asInt() <= most) {
    return *value->asInt();
  }
  return wrong(key, value, std::to_string(least) + " to " + std::to_string(most));
}

Result<std::string> textOf(const Json& json, const std::string& key) {
  const Json* value = json.find(key);
  if (value != nullptr && value->asString() != nullptr) return *value->asString();
  return wrong(key, value, "a string");
}

Result<TunedLayer> layerFromJson(const Json& json) {
  TunedLayer layer;
  GLINT_ASSIGN(const std::int64_t index, numberOf(json, "layer", 0, 1 << 20));
  GLINT_ASSIGN(const std::int64_t filters, numberOf(json, "filters", 4, kMostFilters));
  GLINT_ASSIGN(layer.name, textOf(json, "name"));
  GLINT_ASSIGN(const std::string placement, textOf(json, "placement"));
  layer.layer = static_cast<int>(index);
  layer.choice.filters = static_cast<int>(filters);
  const auto found = std::find_if(kPlacements.begin(), kPlacements.end(),
                                  [&](Placement p) { return name(p) == placement; });
  if (found == kPlacements.end()) {
    return wrong("placement", json.find("placement"), "inline, uniform, texture");
  }
  layer.choice.placement = *found;
  return layer;
}

/// Whether ops that are computed in each other's passes come from the same mapping.
bool agree(const std::vector<const Mapping*>& from) {
  for (std::size_t op = 0; op < from.size(); ++op) {
    const int into = from[op]->ops[op].into;
    if (into >= 0 && from[static_cast<std::size_t>(into)] != from[op]) return false;
    for (std::size_t inner = 0; inner < op; ++inner) {
      if (from[op]->ops[inner].into == static_cast<int>(op) && from[inner] != from[op]) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

std::string MappingChoice::toString() const {
  return std::string(name(placement)) + ", " + std::to_string(filters) +
         (filters == 1 ? " filter" : " filters");
}

MappingOptions optionsFor(const MappingOptions& rules, const MappingChoice& choice, Storage bytes) {
  MappingOptions options = rules;
  options.forcePlacement = true;
  options.placement = choice.placement;
  options.mostTargets = std::max(choice.filters / 4, 1);
  options.specialised = false;
  options.specialises = false;
  options.bytes = bytes;
  return options;
}

Mapping mapTuned(const Tuned& tuned, const OpGraph& graph, const MappingOptions& rules,
                 const std::function<Mapping(const MappingOptions&)>& map) {
  MappingOptions plain = rules;
  plain.specialised = false;
  plain.bytes = tuned.bytes;
  Mapping untuned = map(plain);
  std::vector<MappingChoice> choices;
  std::vector<Mapping> mappings;
  for (const TunedLayer& layer : tuned.layers) {
    if (std::find(choices.begin(), choices.end(), layer.choice) != choices.end()) continue;
    choices.push_back(layer.choice);
    mappings.push_back(map(optionsFor(rules, layer.choice, tuned.bytes)));
  }
  std::vector<const Mapping*> from;
  for (const Op& op : graph.ops) {
    const auto layer = std::find_if(tuned.layers.begin(), tuned.layers.end(),
                                    [&](const TunedLayer& one) { return one.layer == op.layer; });
    if (layer == tuned.layers.end()) {
      from.push_back(&untuned);
      continue;
    }
    const auto at = std::find(choices.begin(), choices.end(), layer->choice) - choices.begin();
    from.push_back(&mappings[static_cast<std::size_t>(at)]);
  }
  const bool fused = std::all_of(from.begin(), from.end(),
                                 [&](const Mapping* one) { return one->fused == untuned.fused; });
  if (!fused || !agree(from)) return untuned;
  Mapping mapping = untuned;
  for (std::size_t op = 0; op < from.size(); ++op) mapping.ops[op] = from[op]->ops[op];
  return mapping;
}

std::string_view texelsName(Storage bytes) {
  if (bytes == Storage::Packed) return "packed";
  return bytes == Storage::Uint8 ? "rgba8ui" : "rgba8";
}

Json tunedJson(const Tuned& tuned) {
  Json layers = Json::array();
  for (const TunedLayer& one : tuned.layers) {
    Json layer = Json::object();
    layer.set("layer", one.layer);
    layer.set("name", one.name);
    layer.set("placement", name(one.choice.placement));
    layer.set("filters", one.choice.filters);
    layers.push(std::move(layer));
  }
  Json json = Json::object();
  json.set("texels", texelsName(tuned.bytes));
  json.set("layers", std::move(layers));
  return json;
}

Result<Tuned> tunedFromJson(const Json& json) {
  Tuned tuned;
  GLINT_ASSIGN(const std::string bytes, textOf(json, "texels"));
  const auto found = std::find_if(kTexels.begin(), kTexels.end(),
                                  [&](Storage one) { return texelsName(one) == bytes; });
  if (found == kTexels.end()) return wrong("texels", json.find("texels"), "rgba8, rgba8ui, packed");
  tuned.bytes = *found;
  const Json* layers = json.find("layers");
  if (layers == nullptr || layers->asArray() == nullptr) return wrong("layers", layers, "a list");
  for (const Json& one : *layers->asArray()) {
    GLINT_ASSIGN(TunedLayer layer, layerFromJson(one));
    tuned.layers.push_back(std::move(layer));
  }
  return tuned;
}

}  // namespace glint
