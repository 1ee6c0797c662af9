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
  if (np.part.rows == 0) return;
  draw.column += np.part.y;
  draw.row += np.part.x;
  draw.width = np.part.columns;
  draw.height = np.part.rows;
}

/// Notes that the vectors of address slot `k` follow the rings they depend on.
void addMoves(DrawPlan& draw, const Schedule& schedule, const BuiltKernel& built, std::size_t k) {
  const AddressSlot& slot = built.plan.addresses[k];
  const auto operand = static_cast<std::size_t>(slot.operand);
  const int value = built.operands[operand].value;
  const ValuePlan& in = schedule.values[static_cast<std::size_t>(value)];
  const Op& op = schedule.graph.ops[static_cast<std::size_t>(draw.op)];
  const bool read = in.slots.slots > 1;
  const bool written =
      op.emits || schedule.values[static_cast<std::size_t>(op.output)].slots.slots > 1;
  const bool atStep = std::any_of(op.inputs.begin(), op.inputs.end(), [&](const SumInput& input) {
    return input.value == value && input.atStep;
  });
  const bool phased = in.layout.form.phases > 1;
  // With phases the window's position is the operand's vector, else it is part of the address.
  VectorMove address{static_cast<int>(k), read ? value : -1, slot.age, atStep, {0, 0}};
  VectorMove window{drawVectors(built.plan).operands + slot.operand, -1, 0, false, {0, 0}};
  if (written) (phased ? window : address).stride = built.plan.strides[operand];
  if (read || atStep || (written && !phased)) draw.moves.push_back(address);
  if (!written || !phased) return;
  if (std::find(draw.moves.begin(), draw.moves.end(), window) == draw.moves.end()) {
    draw.moves.push_back(window);
  }
}

}  // namespace

void setPositions(DrawPlan& draw, const Schedule& schedule, const PassMapping& pass,
                  const BuiltKernel& built) {
  std::vector<const Layout*> operands;
  for (const BuiltKernel::Operand& operand : built.operands) {
    operands.push_back(&schedule.values[static_cast<std::size_t>(operand.value)].layout);
  }
  const Op& op = schedule.graph.ops[static_cast<std::size_t>(draw.op)];
  const ValuePlan& out = schedule.values[static_cast<std::size_t>(op.output)];
  setViewport(draw, pass.nps.front(), out.layout);
  if (op.emits) draw.width = 1;
  const DrawVectors at = drawVectors(built.plan);
  draw.vectors.assign(static_cast<std::size_t>(at.count), IVec4{});
  for (std::size_t k = 0; k < built.plan.addresses.size(); ++k) {
    const AddressSlot& slot = built.plan.addresses[k];
    const Layout& in = *operands[static_cast<std::size_t>(slot.operand)];
    addMoves(draw, schedule, built, k);
    const Texel tile = in.tileOrigin(slot.tile);
    const Texel window = windowOrigin(built, slot.operand, draw);
    if (at.loop > at.operands) {
      draw.vectors[static_cast<std::size_t>(at.operands + slot.operand)] = {0, 0, in.pitchY(),
                                                                            in.partPitch()};
    }
    if (in.form.phases == 1) {
      draw.vectors[k] = {tile.column + window.column + slot.column,
                         tile.row + window.row + slot.row, 0, 0};
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
  draw.moving = op.emits || out.slots.slots > 1 || !draw.moves.empty();
  if (!built.plan.loop) return;
  const Layout& in = *operands.front();
  const int block = in.form.phases * in.form.phases;
  draw.vectors[static_cast<std::size_t>(at.loop)] = {
      built.plan.loopCounts[0], built.plan.loopCounts[1], built.plan.loopCounts[2],
      std::max(in.tilesPerRow / block, 1)};
  draw.vectors[static_cast<std::size_t>(at.loop + 1)] = {in.pitchY() * block, in.pitchX(), 0, 0};
}

DrawPosition positionOf(const DrawPlan& draw, const Schedule& schedule, std::span<const Ring> rings,
                        int step) {
  const auto slotOf = [&](int value, int age) {
    const auto at = static_cast<std::size_t>(value);
    const ValuePlan& plan = schedule.values[at];
    return plan.slots.origin(plan.layout, rings[at].slot(age));
  };
  const Op& op = schedule.graph.ops[static_cast<std::size_t>(draw.op)];
  Texel out = slotOf(op.output, 0);
  if (op.emits) out.column += step / schedule.graph.scans[static_cast<std::size_t>(op.scan)].every;
  DrawPosition position{draw.column + out.column, draw.row + out.row, draw.vectors};
  for (const VectorMove& move : draw.moves) {
    IVec4& vector = position.vectors[static_cast<std::size_t>(move.vector)];
    vector[0] -= out.column * move.stride.y;
    vector[1] -= out.row * move.stride.x;
    if (move.atStep) vector[0] += step;
    if (move.value < 0) continue;
    const Texel in = slotOf(move.value, move.age);
    vector[0] += in.column;
    vector[1] += in.row;
  }
  return position;
}

}  // namespace glint
