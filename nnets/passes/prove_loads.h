#pragma once

#include <vector>

#include "nnets/passes/prove.h"

namespace glint {

/// Decides how each input of a Sum op is loaded: shifts that cannot saturate go into the weights.
std::vector<Proof::InputLoad> proveLoads(const OpGraph& graph, const Op& op);

/// The largest magnitude among what the kernel multiplies: values as fetched and scaled, and
/// weights with unclamped shifts folded in.
std::int64_t largestOperand(const OpGraph& graph, const Op& op,
                            const std::vector<Proof::InputLoad>& loads);

}  // namespace glint
