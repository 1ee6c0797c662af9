#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "nnets/graph/op_graph.h"
#include "shaders/kernel_plan.h"

/// Chooses, op by op, the arithmetic that is exact on every driver, and proves it from the ranges
/// of the tensors. An op without a proof does not run on the GPU. The lemmas are in
/// docs/exactness.md.
namespace glint {

/// What the device can do exactly.
struct ArithmeticRules {
  bool int32 = true;  ///< highp int of 32 bits and integer textures (OpenGL ES 3)
  /// Integers of magnitude below 2^floatBits are exact in a highp float.
  int floatBits = 24;
  bool limbs = true;  ///< sums beyond that may be kept in two limbs of float
};

/// One step of a proven epilogue for a quad of channels: the kind, and its constants by channel.
struct ProvenStep {
  EpilogueStep::Kind kind;
  std::vector<Vec4> constants;
};

/// How an op is computed exactly.
struct Proof {
  Arithmetic arithmetic = Arithmetic::Float;
  bool limbs = false;              ///< the sum is kept in two limbs (KernelPlan::carries)
  bool saturates = false;          ///< summand by summand: no bound of sums is needed
  bool anyWeights = false;         ///< it holds for all that weights may be replaced by
  std::int64_t bound = 0;          ///< no partial sum, in any order, exceeds this magnitude
  std::vector<std::int64_t> init;  ///< by channel: what the sum starts from (a folded offset)
  std::vector<std::vector<ProvenStep>> quads;  ///< by page of output channels

  struct InputLoad {
    bool clamped = false;                     ///< x -> clamp(x * scale, lo, hi) at each fetch
    std::vector<std::int64_t> scale, lo, hi;  ///< by input channel, when clamped
  };
  std::vector<InputLoad> loads;  ///< by op input; unclamped shifts are folded into the weights

  /// "float, |sum| <= 123456 < 2^24, two-limb rescale": for `summary --ranges`.
  std::string describe() const;
};

/// Errors (Unsupported) name the bound that is too large.
Result<Proof> prove(const OpGraph& graph, const Op& op, const ArithmeticRules& rules);

}  // namespace glint
