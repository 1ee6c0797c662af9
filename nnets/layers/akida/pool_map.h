#pragma once

#include "nnets/graph/fields.h"
#include "nnets/layers/akida/int_map.h"

/// Pooling as the references of V1 and V2 define it.
namespace glint::akida {

/// The maximum over windows of `size`, `step` apart; positions outside the map never win.
IntMap maxPool(const IntMap& map, Pair size, Pair step, Padding padding);

/// The plain sum over all positions: [1, 1, c].
IntMap sumOfAll(const IntMap& map);

}  // namespace glint::akida
