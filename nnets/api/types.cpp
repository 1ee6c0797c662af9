#include "nnets/api/types.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace glint::api {
namespace {

constexpr std::array kLayerTypes{
#define LAYER_TYPE(word) std::string_view(#word),
#define LAYER_TYPE_AS(word, type) std::string_view(type),
#include "nnets/api/layer_type.def"
#undef LAYER_TYPE_AS
#undef LAYER_TYPE
};
constexpr std::array<std::string_view, 3> kBackends{"Software", "Hardware", "Hybrid"};

}  // namespace

std::string_view name(LayerType v) { return kLayerTypes[static_cast<std::size_t>(v)]; }
std::string_view name(BackendType v) { return kBackends[static_cast<std::size_t>(v)]; }

LayerType layerType(std::string_view word) {
  const auto found = std::find(kLayerTypes.begin(), kLayerTypes.end(), word);
  if (found == kLayerTypes.end()) return LayerType::Unknown;
  return static_cast<LayerType>(std::distance(kLayerTypes.begin(), found));
}

}  // namespace glint::api
