#pragma once

#include <vector>

#include "core/random.h"
#include "nnets/graph/model.h"

/// A seeded generator of legal models: layers of the V2 convolution family in chains and branches,
/// shapes from 1 up, odd ones too, weights and scalings that reach every arithmetic and saturation.
namespace glint::test {

/// The same seed gives the same model on every platform.
Model randomModel(std::uint64_t seed);

/// Random feeds for one sample, extremes included.
std::vector<Tensor> randomFeeds(const Model& model, std::uint64_t seed);

}  // namespace glint::test
