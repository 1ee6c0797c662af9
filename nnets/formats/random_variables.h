#pragma once

#include <span>
#include <string>

#include "core/random.h"
#include "nnets/graph/layer.h"

namespace glint {

/// How far weights reach: Moderate ones have a root mean square of a seventh of the largest, as in
/// layers whose scale is common to all filters; Full ones twice that, as in quantized networks,
/// which fill the range of each filter.
enum class WeightSpread { Moderate, Full };

/// Gives a layer variables of the kind that training leaves, drawn from `random`: bell-shaped
/// weights, biases smaller than typical sums, 8-bit scales, and shifts that bring typical sums to a
/// third of the output's range, so that values stay spread through a network of any depth.
/// `names`: which variables, none besides; empty: weights, biases, scales and shifts of the
/// output, and what the layer requires. Variables that the layer has already are replaced. A layer
/// that refuses its inputs is left alone: Model::add says why.
/// Errors (Value): a name that the layer does not have, or that nothing is known about.
Status drawVariables(Layer& layer, std::span<const TensorType> inputs,
                     std::span<const std::string> names, WeightSpread spread, Random& random);

}  // namespace glint
