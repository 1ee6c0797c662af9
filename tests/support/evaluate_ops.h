#pragma once

#include <functional>
#include <vector>

#include "core/tensor.h"
#include "nnets/graph/op_graph.h"

namespace glint::test {

/// Every value of an op graph in 64-bit integers, by the meaning of ops alone: no textures, no
/// proofs. `outside[v]` is the tensor of each value that no op writes. Also requires that every
/// number lies in its value's inferred range. Earlier maps of a value are 0. `observe` is told of
/// every step: (op, index of the step, number before, number after).
using StepObserver = std::function<void(const Op&, std::size_t, std::int64_t, std::int64_t)>;
std::vector<std::vector<std::int64_t>> evaluateOps(const OpGraph& graph,
                                                   const std::vector<Tensor>& outside,
                                                   const StepObserver& observe = {});

}  // namespace glint::test
