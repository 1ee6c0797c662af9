#include <algorithm>
#include <cassert>

#include "nnets/schedule/kernel_builder.h"

/// The part of KernelBuilder for programs that loop over (tiles, window x, window y).
namespace glint {

/// The body of the loops, and what they read: all inputs are maps of one value.
void KernelBuilder::addLoop(const Site& site) {
  assert(valuesRead(opAt(site.op)).size() == 1);
  std::vector<std::vector<Tap>> taps;
  int x0 = 1 << 30, y0 = 1 << 30, x1 = -x0, y1 = -y0;
  for (const NpMapping& np : pass_.nps) {
    taps.push_back(tapsOf(from_.graph, opAt(site.op), 0, np));
    for (const Tap& tap : taps.back()) {
      x0 = std::min(x0, tap.dx), x1 = std::max(x1, tap.dx);
      y0 = std::min(y0, tap.dy), y1 = std::max(y1, tap.dy);
    }
  }
  const int at = operand(site, 0);
  const LayoutForm form = built_.plan.operands[static_cast<std::size_t>(at)];
  const int tiles = (form.pages() + form.planes - 1) / form.planes;
  built_.plan.loopCounts = {tiles, x1 - x0 + 1, y1 - y0 + 1};
  built_.operands[static_cast<std::size_t>(at)].originX += x0;
  built_.operands[static_cast<std::size_t>(at)].originY += y0;
  for (std::size_t i = 0; i < opAt(site.op).inputs.size(); ++i) {
    for (int plane = 0; plane < form.planes; ++plane) {
      const int fetch = addFetch(site, static_cast<int>(i), plane, 0, 0);
      for (int k = 0; k < 4; ++k) {
        for (int t = 0; t < built_.plan.targets; ++t) {
          built_.plan.macs.push_back({fetch, k, t, -1});
        }
      }
    }
  }
  for (int tile = 0; tile < tiles; ++tile) {
    for (int x = x0; x <= x1; ++x) {
      for (int y = y0; y <= y1; ++y) appendWeights(form, tile, x, y, taps);
    }
  }
}

/// The weights of one iteration, in the order of its multiply-accumulates.
void KernelBuilder::appendWeights(const LayoutForm& form, int tile, int x, int y,
                                  const std::vector<std::vector<Tap>>& taps) {
  for (std::size_t m = 0; m < built_.plan.macs.size(); ++m) {
    const Mac& mac = built_.plan.macs[m];
    const auto t = static_cast<std::size_t>(mac.accumulator);
    const int input = mac.fetch / form.planes;
    const int page = tile * form.planes + mac.fetch % form.planes;
    IVec4 w{};
    const auto tap = std::find_if(taps[t].begin(), taps[t].end(), [&](const Tap& candidate) {
      return candidate.dx == x && candidate.dy == y;
    });
    if (tap != taps[t].end()) {
      const Vec4 v = weightsOf(from_.graph, opAt(root_), proofAt(root_),
                               {input, tap->weight, page, mac.component}, pass_.nps[t]);
      for (std::size_t c = 0; c < 4; ++c) w[c] = static_cast<std::int32_t>(v[c]);
      noteBounds(m, input, page, mac, v);
    }
    built_.weights.push_back(w);
  }
}

/// The sum of a whole map, with the same weight at every position.
void KernelBuilder::addLoopedSum(const Site& site) {
  const TensorType& type = valueOf(site.op, 0).type;
  built_.plan.loopCounts = {1, static_cast<int>(type.x()), static_cast<int>(type.y())};
  for (std::size_t t = 0; t < pass_.nps.size(); ++t) {
    const NpMapping& np = pass_.nps[t];
    const int page = ownPage(site.op, 0, np);
    const int fetch = addFetch(site, 0, page, 0, 0);
    const Vec4 w = weightsOf(from_.graph, opAt(site.op), proofAt(site.op), {0, 0, page, 0}, np);
    addMac(site, {fetch, Mac::kDiagonal, static_cast<int>(t), add(w)}, 0, page, w);
  }
}

}  // namespace glint
