#pragma once

#include <span>
#include <vector>

#include "nnets/schedule/schedule.h"
#include "nnets/schedule/state.h"

namespace glint {

/// Fills the viewport and the draw vectors (uniforms::kDraw) of a draw, and what moves with rings:
/// the only place where the addresses of a draw are made. Rings are at slot 0.
void setPositions(DrawPlan& draw, const Schedule& schedule, const PassMapping& pass,
                  const BuiltKernel& built);

/// The viewport and the draw vectors of a draw as rings stand.
struct DrawPosition {
  int column = 0, row = 0;
  std::vector<IVec4> vectors;
};
/// `rings[v]` is the ring of value v; in a scan `step` counts, from 0.
DrawPosition positionOf(const DrawPlan& draw, const Schedule& schedule, std::span<const Ring> rings,
                        int step);

}  // namespace glint
