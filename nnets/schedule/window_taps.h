#pragma once

#include <vector>

#include "nnets/devices/mapping.h"
#include "nnets/graph/op_graph.h"
#include "nnets/passes/prove.h"

namespace glint {

/// One tap of a window: its offset in map positions, and the index of its weights.
struct Tap {
  int dx = 0, dy = 0;
  int weight = 0;
};

/// The taps that NP `np` reads of input `input`; of a transposed window those of its phase.
std::vector<Tap> tapsOf(const OpGraph& graph, const Op& op, int input, const NpMapping& np);

/// What selects four weights besides the NP that uses them.
struct WeightRow {
  int input = 0;
  int tap = 0;   ///< Tap::weight
  int page = 0;  ///< of input channels; with the component it names one channel
  int component = 0;
};

/// The weights from channel 4 * page + component to the NP's filters, or, for a diagonal input, of
/// the NP's own channels. Shifts that do not saturate are folded in; idle filters have 0.
Vec4 weightsOf(const OpGraph& graph, const Op& op, const Proof& proof, const WeightRow& row,
               const NpMapping& np);

}  // namespace glint
