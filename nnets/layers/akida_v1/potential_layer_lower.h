#pragma once

#include "nnets/graph/op_graph.h"
#include "nnets/layers/akida_v1/filter_layer.h"

namespace glint::akida {

/// The windows of a layer's convolution.
WindowGeometry kernelWindow(const FilterLayer& layer);

/// `weights` as a sum reads them: taps in (x, y) order of a cross-correlation, `perTap` numbers
/// each. `reverse` turns both spatial axes around: a true convolution.
SumInput lowerKernel(const FilterLayer& layer, int value, std::int64_t perTap, bool reverse);

/// The least potential whose code is at least `code`, 1 or more, at `actBits` bits: T + 1 +
/// floor((code - 1) * s). 2^31, which no potential reaches, where it would be larger.
std::int64_t codeBoundary(std::int64_t threshold, float actStep, int actBits, int code);

/// Appends the activation as a comparison with every boundary; nothing without one.
void appendActivation(std::vector<Step>& steps, const PotentialLayer& layer, std::int64_t filters);

/// Adds `op`, whose sums are the potentials for an input of type `input`, then pooling and
/// activation. Maxima are taken of codes, which never decrease with the potential.
Status lowerPooled(OpBuilder& builder, const FilterLayer& layer, const TensorType& input, Op op);

}  // namespace glint::akida
