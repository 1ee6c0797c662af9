#pragma once

#include <vector>

#include "nnets/graph/op_graph.h"

namespace glint {

/// A rectangle of positions of an op's output: what one draw fills.
struct MapPart {
  int x = 0, y = 0;
  int rows = 0, columns = 0;  ///< no rows: all of the output
  bool operator==(const MapPart&) const = default;
};

/// The parts that an op's output is drawn in, one by one, because each reads its inputs at places
/// of its own: heads of scores; what stands in front of a line of positions, and each of the rows
/// that make it.
std::vector<MapPart> partsOf(const OpGraph& graph, const Op& op);

}  // namespace glint
