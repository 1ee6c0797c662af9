#include "nnets/schedule/window_taps.h"

#include <algorithm>
#include <cmath>

namespace glint {
namespace {

/// Offsets and weight rows along one axis that output phase `phase` of a transposed window reads:
/// out[2j + phase] += in[i] w[a] where 2i + a - b = 2j + phase.
std::vector<std::pair<int, int>> transposedAxis(int size, int phase) {
  const int b = (size - 2) / 2;
  std::vector<std::pair<int, int>> taps;
  for (int a = 0; a < size; ++a) {
    const int twice = phase + b - a;  // 2 (i - j)
    if (twice % 2 == 0) taps.emplace_back(twice / 2, a);
  }
  std::sort(taps.begin(), taps.end());
  return taps;
}

const Value& valueOf(const OpGraph& graph, const Op& op, int input) {
  return graph.values[static_cast<std::size_t>(op.inputs[static_cast<std::size_t>(input)].value)];
}

}  // namespace

std::vector<Tap> tapsOf(const OpGraph& graph, const Op& op, int input, const NpMapping& np) {
  std::vector<Tap> taps;
  const WindowGeometry& g = op.geometry;
  if (g.kind == WindowGeometry::Kind::Transposed) {
    for (const auto& [dx, a] : transposedAxis(g.x.size, np.phaseX)) {
      for (const auto& [dy, b] : transposedAxis(g.y.size, np.phaseY)) {
        taps.push_back({dx, dy, a * g.y.size + b});
      }
    }
    return taps;
  }
  const TensorType& type = valueOf(graph, op, input).type;
  const bool whole = g.kind == WindowGeometry::Kind::Whole;
  const int nx = whole ? static_cast<int>(type.x()) : g.x.size;
  const int ny = whole ? static_cast<int>(type.y()) : g.y.size;
  const bool same =
      op.reduce == Op::Reduce::Sum && op.inputs[static_cast<std::size_t>(input)].sameAtEveryTap;
  for (int x = 0; x < nx; ++x) {
    for (int y = 0; y < ny; ++y) taps.push_back({x, y, same ? 0 : x * ny + y});
  }
  return taps;
}

Vec4 weightsOf(const OpGraph& graph, const Op& op, const Proof& proof, const WeightRow& row,
               const NpMapping& np) {
  const SumInput& in = op.inputs[static_cast<std::size_t>(row.input)];
  const std::int64_t cin = valueOf(graph, op, row.input).type.channels();
  const std::int64_t cout = graph.values[static_cast<std::size_t>(op.output)].type.channels();
  const Proof::InputLoad& load = proof.loads[static_cast<std::size_t>(row.input)];
  Vec4 v{};
  for (int k = 0; k < np.filters; ++k) {
    const std::int64_t c = in.diagonal ? np.firstFilter + k : 4 * row.page + row.component;
    if (c >= cin) continue;
    const std::int64_t at =
        in.diagonal ? row.tap * cin + c : (row.tap * cin + c) * cout + np.firstFilter + k;
    auto w = static_cast<double>(in.weights[static_cast<std::size_t>(at)]);
    if (!load.clamped && !in.shift.empty()) {
      w = std::ldexp(w, in.shift[static_cast<std::size_t>(c)]);
    }
    v[static_cast<std::size_t>(np.firstFilter % 4 + k)] = w;
  }
  return v;
}

}  // namespace glint
