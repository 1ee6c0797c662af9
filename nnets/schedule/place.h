#pragma once

#include "nnets/schedule/schedule.h"

namespace glint {

/// Gives the planes of every value on the GPU a texture. Values whose lifetimes do not overlap
/// share textures when their layouts and fills agree, so that the apron, which no draw touches,
/// serves both. What streams keep has textures of its own, with room for all its maps.
void placeTextures(Schedule& schedule);

}  // namespace glint
