#include "nnets/schedule/positions.h"

#include <algorithm>

namespace glint {
namespace {

/// What to add to fragment * stride to get the map position where the window of an operand begins.
Texel windowOrigin(const BuiltKernel& built, int operand, const DrawPlan& draw) {
  const auto at = static_cast<std::size_t>(operand);
  const BuiltKernel::Operand& from = built.operands[at];
  const Stride stride = built.plan.strides[at];
  return {from.originY - draw.column * stride.y, from.originX - draw.row * stride.x};
}

void setViewport(DrawPlan& draw, const NpMapping& np, const Layout& out) {
  const Layout::Area area = out.area(np.firstFilter, np.phaseX, np.phaseY);
  draw.column = area.origin.column;
  draw.row = area.origin.row;
  draw.width = area.columns;
  draw.height = area.rows;
}

}  // namespace

void setPositions(DrawPlan& draw, const PassMapping& pass, const BuiltKernel& built,
                  const std::vector<const Layout*>& operands, const Layout& out) {
  setViewport(draw, pass.nps.front(), out);
  const DrawVectors at = drawVectors(built.plan);
  draw.vectors.assign(static_cast<std::size_t>(at.count), IVec4{});
  for (std::size_t k = 0; k < built.plan.addresses.size(); ++k) {
    const AddressSlot& slot = built.plan.addresses[k];
    const Layout& in = *operands[static_cast<std::size_t>(slot.operand)];
    const Texel tile = in.tileOrigin(slot.tile);
    const Texel window = windowOrigin(built, slot.operand, draw);
    if (at.loop > at.operands) {
      draw.vectors[static_cast<std::size_t>(at.operands + slot.operand)] = {0, 0, in.pitchY(),
                                                                            in.partPitch()};
    }
    if (in.form.phases == 1) {
      draw.vectors[k] = {tile.column + window.column, tile.row + window.row, 0, 0};
      continue;
    }
    // Map positions are made non-negative before they are halved: apronBefore texels of a tile,
    // which are phases * apronBefore positions, are added here and taken off the tile.
    draw.vectors[k] = {tile.column - in.apronBefore, tile.row - in.apronBefore, 0, 0};
    const int lift = in.form.phases * in.apronBefore;
    IVec4& operand = draw.vectors[static_cast<std::size_t>(at.operands + slot.operand)];
    operand[0] = window.column + lift;
    operand[1] = window.row + lift;
  }
  if (!built.plan.loop) return;
  const Layout& in = *operands.front();
  const int block = in.form.phases * in.form.phases;
  draw.vectors[static_cast<std::size_t>(at.loop)] = {
      built.plan.loopCounts[0], built.plan.loopCounts[1], built.plan.loopCounts[2],
      std::max(in.tilesPerRow / block, 1)};
  draw.vectors[static_cast<std::size_t>(at.loop + 1)] = {in.pitchY() * block, in.pitchX(), 0, 0};
}

}  // namespace glint
