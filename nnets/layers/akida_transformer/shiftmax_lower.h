#pragma once

#include "nnets/graph/op_graph.h"

namespace glint::akida {

/// Adds the ops of a Shiftmax over the channels of `value`, which is shifted already, to `output`
/// (-1: the layer's output). `fraction` is E. See docs/exactness.md, "Shiftmax".
void lowerShiftmax(OpBuilder& builder, int value, int fraction, int bufferBits, int output);

/// v >> shift for each channel; shifts of 31 and more leave the sign.
ShiftStep shiftStep(const std::vector<std::int64_t>& shift);

}  // namespace glint::akida
