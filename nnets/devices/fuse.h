#pragma once

#include <vector>

#include "nnets/devices/mapping.h"

/// Ops that are computed in the passes of the op that reads them: a depthwise convolution in a
/// pointwise one, a convolution in its pooling or in the addition behind it. What they write never
/// goes through a texture; the numbers are the same.
namespace glint {

/// How many vec4 weights, and how much else, an unrolled program takes.
struct UnrolledCost {
  std::int64_t shared = 0;     ///< what all targets of a pass use together
  std::int64_t perTarget = 0;  ///< what each target adds
  int accumulators = 1;        ///< that live together, for each target
  int stored = 1;              ///< of them
  int samplers = 0;            ///< at most, for all
  int tables = 0;
  bool dense = false;  ///< there is a sum over all channels
  /// Such a sum is read by another one: its fetches would be repeated for each of its pages.
  bool denseInDense = false;
};

/// The cost of op `op` with the ops that `into` (by op, -1: nowhere) puts inside.
UnrolledCost unrolledCost(const OpGraph& graph, int op, const std::vector<int>& into,
                          const DeviceLimits& limits);

/// The ops that may be computed inside `op`, as far as the numbers are concerned: nobody else reads
/// what they write, no stream keeps it, no scan repeats it, no value would be computed twice in one
/// pass, and all of it is float.
std::vector<int> fusible(const OpGraph& graph, int op, const std::vector<Proof>& proofs,
                         const std::vector<Readers>& readers);

/// Weight vec4, or products of values, of one target of an unrolled program of the op alone.
std::int64_t weightVectors(const OpGraph& graph, const Op& op);

}  // namespace glint
