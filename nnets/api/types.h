#pragma once

#include <string_view>

/// The enumerations of the Akida interface. Padding, PoolType and ActivationType are in
/// nnets/graph/fields.h, IpVersion is in nnets/graph/layer.h.
namespace glint::api {

/// The type of a layer.
enum class LayerType {
#define LAYER_TYPE(word) word,
#define LAYER_TYPE_AS(word, type) word,
#include "nnets/api/layer_type.def"
#undef LAYER_TYPE_AS
#undef LAYER_TYPE
};

/// Where a sequence of layers runs: on the processor, on a device, or on both in turns.
enum class BackendType { Software, Hardware, Hybrid };

/// How the elements of an array lie in memory: the last axis fastest, or the first.
enum class Order { C, F };

std::string_view name(LayerType v);    ///< "Conv2D"
std::string_view name(BackendType v);  ///< "Hardware"

/// The type that files call `word`, or Unknown.
LayerType layerType(std::string_view word);

}  // namespace glint::api
