#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "nnets/devices/mapping.h"

/// What measuring chose for a model on a device, in the place of the quick rules (tuning.h). Plain
/// data; it says what the default mapper is to be asked for, so that whatever it holds, what is
/// drawn computes every filter once.
namespace glint {

/// How the ops of a layer are to be mapped, as far as the device and the layer allow it.
struct MappingChoice {
  Placement placement = Placement::Inline;
  int filters = 16;  ///< of one pass, at most: four a render target, or sixteen in packed texels
  bool operator==(const MappingChoice&) const = default;
  /// "inline, 16 filters"
  std::string toString() const;
};

struct TunedLayer {
  int layer = -1;  ///< in Model
  std::string name;
  MappingChoice choice;
  bool operator==(const TunedLayer&) const = default;
};

struct Tuned {
  Storage bytes = Storage::Norm8;  ///< how textures hold bytes, all over the model
  std::vector<TunedLayer> layers;  ///< others are left to the rules
  bool operator==(const Tuned&) const = default;
};

/// What the default mapper is asked for with `choice` for all layers: programs as they are to stay,
/// none to begin with.
MappingOptions optionsFor(const MappingOptions& rules, const MappingChoice& choice, Storage bytes);

/// Each op as the default mapper (`map`, by options) maps it when asked for the choice of its
/// layer. Where choices tear apart ops that are computed in each other's passes, the rules'
/// mapping.
Mapping mapTuned(const Tuned& tuned, const OpGraph& graph, const MappingOptions& rules,
                 const std::function<Mapping(const MappingOptions&)>& map);

/// "rgba8", "rgba8ui", "packed": as --texels takes them.
std::string_view texelsName(Storage bytes);

Json tunedJson(const Tuned& tuned);
/// Errors (Format) name the key and its value.
Result<Tuned> tunedFromJson(const Json& json);

}  // namespace glint
