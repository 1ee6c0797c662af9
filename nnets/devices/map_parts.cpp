#include "nnets/devices/map_parts.h"

namespace glint {

std::vector<MapPart> partsOf(const OpGraph& graph, const Op& op) {
  std::vector<MapPart> parts;
  const TensorType& out = graph.values[static_cast<std::size_t>(op.output)].type;
  if (op.reduce == Op::Reduce::Product && op.product.kind == Product::Kind::Scores) {
    for (int head = 0; head < op.product.heads; ++head) {
      parts.push_back({head, 0, 1, static_cast<int>(out.y())});
    }
    return parts;
  }
  if (op.geometry.kind != WindowGeometry::Kind::Lined) return {MapPart{}};
  const TensorType& in = graph.values[static_cast<std::size_t>(op.inputs[0].value)].type;
  const int lead = op.geometry.lead, columns = static_cast<int>(in.y());
  if (lead > 0) parts.push_back({0, 0, 1, lead});
  for (int row = 0; row < in.x(); ++row) parts.push_back({0, lead + row * columns, 1, columns});
  return parts;
}

}  // namespace glint
