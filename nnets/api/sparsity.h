#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "nnets/api/model.h"

namespace glint::api {

/// By layer, in the order of the model, which share of its activations was 0 over all inputs; empty
/// for InputData and for layers without an activation. Computed by the references, wherever the
/// model is mapped, on a stream of its own. Errors: those of forward; Value, there are no inputs.
/// Source  akida-runtime-api, akida.evaluate_sparsity.
Result<std::vector<std::pair<Layer, std::optional<double>>>> evaluateSparsity(const Model& model,
                                                                              const Inputs& inputs);

}  // namespace glint::api
