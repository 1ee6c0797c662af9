#pragma once

#include <vector>

#include "nnets/passes/prove.h"

namespace glint {

/// Decides how each input of a Sum op is loaded: shifts that cannot saturate go into the weights.
std::vector<Proof::InputLoad> proveLoads(const OpGraph& graph, const Op& op);

/// The largest magnitude that a fetch of the op produces, before and after its scale.
std::int64_t largestLoad(const OpGraph& graph, const Op& op,
                         const std::vector<Proof::InputLoad>& loads);

/// The largest magnitude of a weight as the kernel holds it, with unclamped shifts folded in.
std::int64_t largestWeight(const OpGraph& graph, const Op& op,
                           const std::vector<Proof::InputLoad>& loads);

}  // namespace glint
