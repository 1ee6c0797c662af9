#pragma once

#include <string>
#include <vector>

#include "nnets/graph/model.h"
#include "nnets/graph/op_graph.h"
#include "nnets/passes/prove.h"

namespace glint {

/// A model as ops, with a proof for each, or the reasons why layers run in software.
struct LoweredModel {
  OpGraph graph;
  std::vector<Proof> proofs;          ///< by op
  std::vector<std::string> software;  ///< by layer: why it has no ops; empty: it runs on the GPU
  std::vector<int> feedValues;        ///< by Model::feeds
};

/// Lowers every layer, infers ranges and proves every op. A layer that cannot be lowered or proven,
/// or is listed in `forced`, becomes a software layer: its output enters the graph from outside.
LoweredModel lowerModel(const Model& model, const ArithmeticRules& rules,
                        const std::vector<int>& forced);

/// The ops of all layers that can be lowered, without ranges or proofs: for questions of geometry.
OpGraph lowerGeometry(const Model& model);

}  // namespace glint
