#include <algorithm>

#include "nnets/schedule/kernel_builder.h"

/// The part of KernelBuilder that unrolls sums and what is computed inside them.
namespace glint {

void KernelBuilder::addSums(const Site& site, const std::vector<Share>& shares) {
  const WindowGeometry& g = opAt(site.op).geometry;
  const bool leads = g.kind == WindowGeometry::Kind::Lined && site.originY < g.lead;
  for (std::size_t i = leads ? 1 : 0; i < opAt(site.op).inputs.size(); ++i) {
    const int input = static_cast<int>(i);
    isDiagonal(opAt(site.op), i) ? addDiagonal(site, input, shares) : addDense(site, input, shares);
  }
}

void KernelBuilder::addDense(const Site& site, int input, const std::vector<Share>& shares) {
  // By offset, then by page: every texel is fetched once for all accumulators that use it.
  struct User {
    const Share* share;
    int weight;
  };
  const Stride s = windowStride(site.op);
  std::map<std::pair<int, int>, std::vector<User>> byOffset;
  for (const Share& share : shares) {
    for (const Tap& tap : tapsOf(from_.graph, opAt(site.op), input, share.np)) {
      byOffset[{share.x * s.x + tap.dx, share.y * s.y + tap.dy}].push_back({&share, tap.weight});
    }
  }
  const std::int64_t cin = valueOf(site.op, input).type.channels();
  for (const auto& [offset, users] : byOffset) {
    for (int page = 0; 4 * page < cin; ++page) {
      int fetch = -1;
      for (int k = 0; k < 4 && 4 * page + k < cin; ++k) {
        for (const User& user : users) {
          const Vec4 w = weightsOf(from_.graph, opAt(site.op), proofAt(site.op),
                                   {input, user.weight, page, k}, user.share->np);
          if (dropsZeros() && w == Vec4{}) continue;
          if (fetch < 0) fetch = addFetch(site, input, page, offset.first, offset.second);
          addMac(site, {fetch, k, user.share->accumulator, add(w)}, input, page, w);
        }
      }
    }
  }
}

/// The page of a diagonal input that an NP reads. An idle NP reads some page that exists; its
/// weights are zero.
int KernelBuilder::ownPage(int op, int input, const NpMapping& np) const {
  const int pages = static_cast<int>((valueOf(op, input).type.channels() + 3) / 4);
  return std::min(np.firstFilter / 4, pages - 1);
}

void KernelBuilder::addDiagonal(const Site& site, int input, const std::vector<Share>& shares) {
  struct Use {
    const Share* share;
    Place place;
    int weight;
  };
  const Op& op = opAt(site.op);
  const Stride s = windowStride(site.op);
  const int value = op.inputs[static_cast<std::size_t>(input)].value;
  const int inner = innerOp(value);
  std::vector<Use> uses;
  std::vector<Place> places;
  for (const Share& share : shares) {
    const int page = ownPage(site.op, input, share.np);
    for (const Tap& tap : tapsOf(from_.graph, op, input, share.np)) {
      uses.push_back(
          {&share, {value, page, share.x * s.x + tap.dx, share.y * s.y + tap.dy}, tap.weight});
      places.push_back(uses.back().place);
    }
  }
  // Pages that share texels are read together.
  const int together = inner >= 0 ? 1 : from_.forms[static_cast<std::size_t>(value)].pagesPerTile();
  std::stable_sort(uses.begin(), uses.end(), [&](const Use& a, const Use& b) {
    const auto key = [&](const Place& p) {
      return std::tuple(std::get<1>(p) / together, std::get<2>(p), std::get<3>(p));
    };
    return key(a.place) < key(b.place);
  });
  // Sums over all channels share their fetches, so they are made together.
  if (inner >= 0 && !isDiagonal(opAt(inner), 0)) addInner(site, input, places);
  for (const Use& use : uses) {
    const auto [ignored, page, dx, dy] = use.place;
    Mac mac{-1, Mac::kDiagonal, use.share->accumulator, -1};
    if (op.reduce != Op::Reduce::Sum) {
      mac.fetch = addFetch(site, input, page, dx, dy);
      built_.plan.macs.push_back(mac);
      continue;
    }
    const Vec4 w =
        weightsOf(from_.graph, op, proofAt(site.op), {input, use.weight, page, 0}, use.share->np);
    if (dropsZeros() && w == Vec4{}) continue;
    mac.fetch = addFetch(site, input, page, dx, dy);
    mac.constant = add(w);
    addMac(site, mac, input, page, w);
  }
}

/// The op that writes `value` inside this pass, or -1: it lies in textures.
int KernelBuilder::innerOp(int value) const {
  if (!from_.mapping.fused) return -1;
  const int writer = writerOf(from_.graph, value);
  const bool inside = writer >= 0 && from_.mapping.ops[static_cast<std::size_t>(writer)].into >= 0;
  return inside ? writer : -1;
}

/// Where the op that writes input `input` of `reader` is computed.
KernelBuilder::Site KernelBuilder::siteInside(const Site& reader, int input) const {
  const WindowGeometry& g = opAt(reader.op).geometry;
  const Stride s = windowStride(reader.op);
  const TensorType& type = valueOf(reader.op, input).type;
  return {innerOp(opAt(reader.op).inputs[static_cast<std::size_t>(input)].value),
          {reader.stride.x * s.x, reader.stride.y * s.y},
          reader.originX * s.x - static_cast<int>(g.before(g.x, type.x())),
          reader.originY * s.y - static_cast<int>(g.before(g.y, type.y()))};
}

/// Computes the pages of an input at `places` in accumulators of their own.
void KernelBuilder::addInner(const Site& reader, int input, const std::vector<Place>& places) {
  const Site site = siteInside(reader, input);
  const int channels = static_cast<int>(valueOf(reader.op, input).type.channels());
  std::vector<Share> shares;
  for (const Place& place : places) {
    if (inner_.contains(place)) continue;
    const auto [value, page, dx, dy] = place;
    NpMapping np;
    np.firstFilter = 4 * page;
    np.filters = std::min(4, channels - 4 * page);
    const int accumulator = addAccumulator(site.op, np);
    inner_.emplace(place, accumulator);
    shares.push_back({accumulator, np, dx, dy});
  }
  addSums(site, shares);
}

}  // namespace glint
