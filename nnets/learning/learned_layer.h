#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/result.h"
#include "nnets/graph/model.h"
#include "nnets/learning/akida_unsupervised.h"

/// The last layer of a model as one that learns.
namespace glint {

/// Lets the last layer learn: from now on it has LearningParams, weights that are not learned yet,
/// and the variables threshold_learning and learning_steps. Threshold and act_step stay. Errors
/// (Value): the layer is no FullyConnected with 1-bit weights and inputs, or the parameters do not
/// fit it; (Runtime): there is no layer. Then the model is as before.
Status compileLast(Model& model, const LearningParams& params);

/// Appends `count` classes, of as many neurons each as those have that are there, which stay as
/// they are. Errors (Value): `count` below 1, or too many neurons; (Runtime): the last layer was
/// not compiled. Then the model is as before.
Status addClasses(Model& model, int count);

/// What the last layer has learned. Error (Runtime): it was not compiled.
Result<LearnedState> learnedState(const Model& model);
/// Sets its variables to `state`, which has their shapes.
Status setLearnedState(Model& model, const LearnedState& state);

/// What a FullyConnected reads of a map [x, y, c], in the order of its weights: x + X*(y + Y*c).
std::vector<std::uint8_t> activeInputs(const Tensor& map);

/// What the last layer has learned as bytes: a safetensors file of its three variables, with its
/// parameters, a version and a checksum. Error (Runtime): it was not compiled.
Result<std::vector<std::byte>> learnMem(const Model& model);
/// The inverse, for a layer of the same parameters and shapes. Errors (Format): damaged; (Value):
/// of another layer; (Unsupported): of another version; (Runtime): as learnMem. Then the model is
/// as before.
Status setLearnMem(Model& model, std::span<const std::byte> bytes);

}  // namespace glint
