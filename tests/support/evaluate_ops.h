#pragma once

#include <vector>

#include "core/tensor.h"
#include "nnets/graph/op_graph.h"

namespace glint::test {

/// Every value of an op graph in 64-bit integers, by the meaning of ops alone: no textures, no
/// proofs. `outside[v]` is the tensor of each value that no op writes. Also requires that every
/// number lies in its value's inferred range.
std::vector<std::vector<std::int64_t>> evaluateOps(const OpGraph& graph,
                                                   const std::vector<Tensor>& outside);

}  // namespace glint::test
