#pragma once

#include <vector>

#include "nnets/schedule/schedule.h"

namespace glint {

/// Fills the viewport and the draw vectors (uniforms::kDraw) of a draw: the only place where the
/// addresses of a draw are made. `inputs` are the layouts of the op's inputs, in order.
void setPositions(DrawPlan& draw, const WindowGeometry& geometry, const PassMapping& pass,
                  const BuiltKernel& built, const std::vector<const Layout*>& inputs,
                  const Layout& out);

}  // namespace glint
