#pragma once

#include "nnets/graph/op_graph.h"
#include "nnets/layers/akida_v2/mac_layer.h"

namespace glint::akida {

/// Windows of `size` by `size`, `stride` apart along both axes.
WindowGeometry slidingWindow(int size, int stride, Padding padding);

/// Weights as a sum reads them: taps in (x, y) order of a cross-correlation. `flip` reverses both
/// spatial axes of weights [k, k, C, F]: a true convolution.
SumInput lowerWeights(const MacLayer& layer, int value, int kernelSize, std::int64_t channels,
                      std::int64_t filters, bool flip);

/// Adds the shifts of the input's channels, and the width at which shifted values saturate.
void lowerShifts(SumInput& input, const MacLayer& layer, std::int64_t channels);

/// All channels clamped to one range.
Step clampAll(std::int64_t channels, Interval range);
/// A value as it is, every channel to itself.
SumInput ownChannel(int value, std::int64_t channels);

/// The saturated sum and its saturated bias.
std::vector<Step> sumSteps(const MacLayer& layer, std::int64_t channels);
/// Scaling to the output, or just its range.
void appendOutput(std::vector<Step>& steps, const MacLayer& layer, const TensorType& output);

/// Adds the ops of a layer: the sums of `inputs` over `geometry`, then `post` and `pooling`. Maxima
/// are taken after the scaling, sums of a whole map before it: see docs/exactness.md.
void lowerMac(OpBuilder& builder, const MacLayer& layer, WindowGeometry geometry,
              std::vector<SumInput> inputs, const Shape& sums, Padding poolPadding);
/// The same for one input.
void lowerMac(OpBuilder& builder, const MacLayer& layer, WindowGeometry geometry, SumInput input,
              const Shape& sums, Padding poolPadding);

}  // namespace glint::akida
