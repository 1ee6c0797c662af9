#include <algorithm>
#include <cassert>

#include "nnets/schedule/kernel_builder.h"

/// The part of KernelBuilder for programs that loop over (tiles, window x, window y).
namespace glint {

/// The body of the loops, and what they read: all inputs are maps of one value.
void KernelBuilder::addLoop(const Site& site, const std::vector<Share>& shares) {
  assert(valuesRead(opAt(site.op)).size() == 1);
  int x0 = 1 << 30, y0 = 1 << 30, x1 = -x0, y1 = -y0;
  for (const Share& share : shares) {
    for (const Tap& tap : tapsOf(from_.graph, opAt(site.op), 0, share.np)) {
      x0 = std::min(x0, tap.dx), x1 = std::max(x1, tap.dx);
      y0 = std::min(y0, tap.dy), y1 = std::max(y1, tap.dy);
    }
  }
  const int at = operand(site, 0);
  const LayoutForm form = built_.plan.operands[static_cast<std::size_t>(at)];
  const int tiles = (form.tiles() + form.planes - 1) / form.planes;
  built_.plan.loopCounts = {tiles, x1 - x0 + 1, y1 - y0 + 1};
  built_.operands[static_cast<std::size_t>(at)].originX += x0;
  built_.operands[static_cast<std::size_t>(at)].originY += y0;
  for (std::size_t i = 0; i < opAt(site.op).inputs.size(); ++i) {
    for (int page = 0; page < form.planes * form.pagesPerTile(); ++page) {
      const int fetch = addFetch(site, static_cast<int>(i), page, 0, 0);
      for (int k = 0; k < 4; ++k) {
        for (const Share& share : shares) {
          built_.plan.macs.push_back({fetch, k, share.accumulator, -1});
        }
      }
    }
  }
  for (int tile = 0; tile < tiles; ++tile) {
    for (int x = x0; x <= x1; ++x) {
      for (int y = y0; y <= y1; ++y) appendWeights(form, tile, x, y, shares);
    }
  }
}

/// The weights of one iteration, in the order of its multiply-accumulates.
void KernelBuilder::appendWeights(const LayoutForm& form, int tile, int x, int y,
                                  const std::vector<Share>& shares) {
  const int pages = form.planes * form.pagesPerTile();
  std::size_t mac = 0;
  const auto append = [&](int input, int page, int k, const Share& share) {
    IVec4 w{};
    for (const Tap& tap : tapsOf(from_.graph, opAt(root_), input, share.np)) {
      if (tap.dx != x || tap.dy != y) continue;
      const Vec4 v = weightsOf(from_.graph, opAt(root_), proofAt(root_),
                               {input, tap.weight, page, k}, share.np);
      for (std::size_t c = 0; c < 4; ++c) w[c] = static_cast<std::int32_t>(v[c]);
      noteBounds(mac, input, page, built_.plan.macs[mac], v);
    }
    built_.weights.push_back(w);
    ++mac;
  };
  for (std::size_t i = 0; i < opAt(root_).inputs.size(); ++i) {
    for (int page = tile * pages; page < (tile + 1) * pages; ++page) {
      for (int k = 0; k < 4; ++k) {
        for (const Share& share : shares) append(static_cast<int>(i), page, k, share);
      }
    }
  }
}

/// The sum of a whole map, with the same weight at every position.
void KernelBuilder::addLoopedSum(const Site& site, const std::vector<Share>& shares) {
  const TensorType& type = valueOf(site.op, 0).type;
  built_.plan.loopCounts = {1, static_cast<int>(type.x()), static_cast<int>(type.y())};
  for (const Share& share : shares) {
    const int page = ownPage(site.op, 0, share.np);
    const int fetch = addFetch(site, 0, page, 0, 0);
    const Vec4 w =
        weightsOf(from_.graph, opAt(site.op), proofAt(site.op), {0, 0, page, 0}, share.np);
    addMac(site, {fetch, Mac::kDiagonal, share.accumulator, add(w)}, 0, page, w);
  }
}

}  // namespace glint
