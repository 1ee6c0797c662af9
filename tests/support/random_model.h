#pragma once

#include <vector>

#include "core/random.h"
#include "nnets/graph/model.h"

/// Seeded generators of legal models: layers of one Akida version in chains and branches, shapes
/// from 1 up, odd ones too, weights and scalings that reach every arithmetic and saturation.
namespace glint::test {

/// Layers of the V2 convolution family. The same seed gives the same model on every platform.
Model randomModel(std::uint64_t seed);

/// Layers of V1: all widths, poolings and activations, steps and thresholds of every size.
Model randomModelV1(std::uint64_t seed);

/// Layers of V2 with state: temporal convolutions in chains and branches, all FIFO sizes and
/// saturations; recurrent layers with decaying and with overflowing states. Some layer keeps state.
Model randomModelTemporal(std::uint64_t seed);

/// DynapcnnLayers of integers, one or two in a row, some behind a DVSLayer: all ways to fire and to
/// reset, thresholds of 1 and of 15 bits, limited and unlimited counts.
Model randomModelSpiking(std::uint64_t seed);

/// Layers of transformers: stems, normalizations, attention with all kinds of heads and widths.
Model randomModelTransformer(std::uint64_t seed);

/// Random feeds for one sample, extremes included.
std::vector<Tensor> randomFeeds(const Model& model, std::uint64_t seed);

}  // namespace glint::test
