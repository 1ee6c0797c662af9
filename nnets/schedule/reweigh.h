#pragma once

#include <vector>

#include "core/result.h"
#include "nnets/graph/model.h"
#include "nnets/schedule/schedule.h"

namespace glint {

/// Puts the present weights of layer `layer` of `model` into a schedule that was made for the model
/// with other ones, as learning does. They may be replaced (SumInput::weightRange), so programs,
/// proofs, textures and draws hold as they are; `limits` are those the schedule was made with.
/// Returns the changed ones of Schedule::constants; none of a layer in software. Errors (Value):
/// the weights of the layer are part of its programs; Unsupported: it cannot be lowered.
Result<std::vector<int>> reweigh(Schedule& schedule, const Model& model, int layer,
                                 const DeviceLimits& limits);

}  // namespace glint
