#pragma once

#include "gpu/context/context.h"
#include "nnets/devices/mapping.h"

namespace glint {

/// What a context can do, as the scheduler wants to know it.
DeviceLimits deviceLimits(const gpu::Context& context);

}  // namespace glint
