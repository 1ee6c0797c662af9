#pragma once

#include <vector>

#include "nnets/schedule/schedule.h"

namespace glint {

/// Fills the viewport and the draw vectors (uniforms::kDraw) of a draw: the only place where the
/// addresses of a draw are made. `operands` are the layouts of the plan's operands, in order.
void setPositions(DrawPlan& draw, const PassMapping& pass, const BuiltKernel& built,
                  const std::vector<const Layout*>& operands, const Layout& out);

}  // namespace glint
