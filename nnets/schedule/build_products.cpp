#include <algorithm>
#include <cassert>

#include "nnets/schedule/kernel_builder.h"

/// The part of KernelBuilder for products of two values, and for maxima over channels.
namespace glint {
namespace {

/// Bits `first` .. `last` - 1, as far as there are four.
int lanesOf(int first, int last) {
  int lanes = 0;
  for (int k = std::max(first, 0); k < std::min(last, 4); ++k) lanes |= 1 << k;
  return lanes;
}

}  // namespace

/// The maximum of all channels, in all four components.
void KernelBuilder::addWidest(const Site& site, const std::vector<Share>& shares) {
  const int channels = static_cast<int>(valueOf(site.op, 0).type.channels());
  for (int page = 0; 4 * page < channels; ++page) {
    const int fetch = addFetch(site, 0, page, 0, 0);
    for (int k = 0; k < 4 && 4 * page + k < channels; ++k) {
      for (const Share& share : shares) {
        built_.plan.macs.push_back({fetch, k, share.accumulator, -1});
      }
    }
  }
}

void KernelBuilder::addProducts(const Site& site, const std::vector<Share>& shares) {
  switch (opAt(site.op).product.kind) {
    case Product::Kind::Each:
      return addEach(site, shares);
    case Product::Kind::Scores:
      return addScores(site, shares);
    case Product::Kind::Mixture:
      return addMixture(site, shares);
  }
}

void KernelBuilder::addEach(const Site& site, const std::vector<Share>& shares) {
  for (const Share& share : shares) {
    const int page = ownPage(site.op, 0, share.np);
    const int factor = addFetch(site, 1, page, 0, 0);
    const int fetch = addFetch(site, 0, page, 0, 0);
    built_.plan.macs.push_back({fetch, Mac::kDiagonal, share.accumulator, -1, factor});
  }
}

/// An operand of which fetches name the position: the fragment's, times `stride`, has no part in
/// rows or columns where that is 0.
int KernelBuilder::anywhere(const Site& site, int input, Stride stride) {
  const int value = opAt(site.op).inputs[static_cast<std::size_t>(input)].value;
  built_.operands.push_back({value, 0, 0});
  built_.plan.operands.push_back(from_.forms[static_cast<std::size_t>(value)]);
  built_.plan.strides.push_back(stride);
  return static_cast<int>(built_.operands.size()) - 1;
}

/// A fetch of a page, `dy` columns behind what `from` adds to the operand's position.
int KernelBuilder::addFetchAt(int operand, int page, AddressSlot from, int dy) {
  const LayoutForm& form = built_.plan.operands[static_cast<std::size_t>(operand)];
  assert(form.phases == 1);
  const LayoutForm::Slot slot = form.slot(page);
  from.operand = operand;
  from.tile = slot.tile;
  Fetch fetch;
  fetch.operand = operand;
  fetch.plane = slot.plane;
  fetch.quarter = slot.quarter;
  fetch.address = addressSlot(from);
  fetch.dy = dy;
  built_.plan.fetches.push_back(fetch);
  return static_cast<int>(built_.plan.fetches.size()) - 1;
}

/// Row h, column i, channel j: channels of a at column i with those of b at column j.
void KernelBuilder::addScores(const Site& site, const std::vector<Share>& shares) {
  const Op& op = opAt(site.op);
  const int age = op.inputs[1].age;
  const int perHead = static_cast<int>(productsOf(from_.graph, op));
  const int first = site.originX * perHead, last = first + perHead;
  // The part is one row, so that the fragment's own row is row 0 of a.
  const int a = anywhere(site, 0, {1, 1}), b = anywhere(site, 1, {0, 0});
  for (int page = first / 4; 4 * page < last; ++page) {
    const int lanes = lanesOf(first - 4 * page, last - 4 * page);
    std::vector<Mac> macs;
    for (const Share& share : shares) {
      for (int k = 0; k < share.np.filters; ++k) {
        const int factor = addFetchAt(b, page, {0, 0, age, share.np.firstFilter, 0}, k);
        macs.push_back({-1, Mac::kDot, share.accumulator, -1, factor, lanes, k});
      }
    }
    const int fetch = addFetchAt(a, page, {0, 0, op.inputs[0].age, 0, 0}, 0);
    for (Mac& mac : macs) {
      mac.fetch = fetch;
      built_.plan.macs.push_back(mac);
    }
  }
}

/// Column i, channel c: channel j of a in the row of c's head with channel c of b at column j.
void KernelBuilder::addMixture(const Site& site, const std::vector<Share>& shares) {
  const Op& op = opAt(site.op);
  const int tokens = static_cast<int>(valueOf(site.op, 0).type.channels());
  const int perHead = static_cast<int>(valueOf(site.op, 1).type.channels()) / op.product.heads;
  const int a = anywhere(site, 0, {1, 1}), b = anywhere(site, 1, {0, 0});
  struct Use {
    const Share* share;
    int head, lanes;
  };
  std::vector<Use> uses;
  for (const Share& share : shares) {
    const int from = share.np.firstFilter, to = from + share.np.filters;
    for (int head = from / perHead; share.np.filters > 0 && head * perHead < to; ++head) {
      // Behind the last channel, lanes are as good as any.
      const bool ends = (head + 1) * perHead >= to;
      uses.push_back(
          {&share, head, lanesOf(head * perHead - from, ends ? 4 : (head + 1) * perHead - from)});
    }
  }
  std::stable_sort(uses.begin(), uses.end(),
                   [](const Use& x, const Use& y) { return x.head < y.head; });
  for (int page = 0; 4 * page < tokens; ++page) {
    for (auto use = uses.begin(); use != uses.end();) {
      const auto next =
          std::find_if(use, uses.end(), [&](const Use& other) { return other.head != use->head; });
      std::vector<Mac> macs;
      for (int k = 0; k < 4 && 4 * page + k < tokens; ++k) {
        for (auto one = use; one != next; ++one) {
          const int own = one->share->np.firstFilter / 4;
          const int factor = addFetchAt(b, own, {0, 0, op.inputs[1].age, 0, 0}, 4 * page + k);
          macs.push_back({-1, k, one->share->accumulator, -1, factor, one->lanes});
        }
      }
      const int fetch = addFetchAt(a, page, {0, 0, op.inputs[0].age, 0, use->head}, 0);
      for (Mac& mac : macs) {
        mac.fetch = fetch;
        built_.plan.macs.push_back(mac);
      }
      use = next;
    }
  }
}

}  // namespace glint
