#include "nnets/schedule/build_kernel.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "nnets/schedule/constants.h"
#include "nnets/schedule/kernel_builder.h"

namespace glint {

BuiltKernel KernelBuilder::build() {
  const OpMapping& how = mapping();
  KernelPlan& plan = built_.plan;
  plan.arithmetic = proofAt(root_).arithmetic;
  plan.placement = how.placement;
  plan.loop = how.loop;
  plan.fetchesConstants = how.fetchesConstants;
  plan.output = from_.forms[static_cast<std::size_t>(opAt(root_).output)];
  plan.targets = static_cast<int>(pass_.nps.size());
  plan.storedComponent = pass_.nps.front().firstFilter % 4;
  while (plan.constantsPerRow > from_.limits.textureSize) plan.constantsPerRow /= 2;
  std::vector<Share> shares;
  for (const NpMapping& np : pass_.nps) {
    for (int quarter = 0; quarter < plan.output.pagesPerTile(); ++quarter) {
      NpMapping four = np;
      four.firstFilter += 4 * quarter;
      four.filters = std::clamp(np.filters - 4 * quarter, 0, 4);
      shares.push_back({addAccumulator(root_, four), four, 0, 0});
    }
  }
  const Site site{root_, {}, 0, 0};
  if (plan.loop) {
    isDiagonal(opAt(root_), 0) ? addLoopedSum(site, shares) : addLoop(site, shares);
  } else {
    addSums(site, shares);
  }
  if (proofAt(root_).limbs) {
    plan.carries = carriesOf(plan, bounds_, from_.limits.arithmetic.floatBits);
  }
  built_.weights =
      encodeWeights(std::move(built_.weights), from_.limits.arithmetic.int32, plan.weights);
  assert(validate(plan).empty());
  return std::move(built_);
}

const Value& KernelBuilder::valueOf(int op, int input) const {
  const int value = opAt(op).inputs[static_cast<std::size_t>(input)].value;
  return from_.graph.values[static_cast<std::size_t>(value)];
}

int KernelBuilder::addFloat(const Vec4& v) {
  built_.plan.floats.push_back(v);
  return static_cast<int>(built_.plan.floats.size()) - 1;
}

int KernelBuilder::addInt(const Vec4& v) {
  IVec4 i{};
  for (std::size_t k = 0; k < 4; ++k) i[k] = static_cast<std::int32_t>(v[k]);
  built_.plan.ints.push_back(i);
  return static_cast<int>(built_.plan.ints.size()) - 1;
}

int KernelBuilder::addAccumulator(int op, const NpMapping& np) {
  Accumulator accumulator;
  if (opAt(op).reduce == Op::Reduce::Max) {
    accumulator.reduce = Accumulator::Reduce::Max;
  } else if (opAt(op).reduce == Op::Reduce::Saturated) {
    accumulator.reduce = Accumulator::Reduce::Saturated;
    const Interval range = integerRange(opAt(op).saturateBits, true);
    const auto lo = static_cast<double>(range.lo), hi = static_cast<double>(range.hi);
    accumulator.lo = addInt({lo, lo, lo, lo});
    accumulator.hi = addInt({hi, hi, hi, hi});
  } else {
    Vec4 v{};
    for (int k = 0; k < np.filters; ++k) {
      v[static_cast<std::size_t>(np.firstFilter % 4 + k)] =
          static_cast<double>(proofAt(op).init[static_cast<std::size_t>(np.firstFilter + k)]);
    }
    accumulator.init = add(v);
  }
  accumulator.epilogue = epilogueOf(op, np);
  for (const Step& step : opAt(op).steps) {
    const auto* lut = std::get_if<LutStep>(&step);
    if (lut == nullptr || !built_.table.empty()) continue;
    built_.table = encodeTable(lut->table, from_.limits.arithmetic.int32, built_.plan.table);
  }
  built_.plan.accumulators.push_back(std::move(accumulator));
  return static_cast<int>(built_.plan.accumulators.size()) - 1;
}

std::vector<EpilogueStep> KernelBuilder::epilogueOf(int op, const NpMapping& np) {
  // An idle NP repeats the last quad's steps, so that its program is that of a busy one.
  const auto& quads = proofAt(op).quads;
  const std::size_t quad =
      std::min<std::size_t>(static_cast<std::size_t>(np.firstFilter / 4), quads.size() - 1);
  std::vector<EpilogueStep> steps;
  for (const ProvenStep& proven : quads[quad]) {
    EpilogueStep step{proven.kind, {}};
    const bool ints = numberOf(proven.kind) == NumberKind::Int;
    for (const Vec4& constant : proven.constants) {
      step.constants.push_back(ints ? addInt(constant) : addFloat(constant));
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

Stride KernelBuilder::windowStride(int op) const {
  const WindowGeometry& g = opAt(op).geometry;
  if (g.kind != WindowGeometry::Kind::Sliding) return {};
  return {g.x.stride, g.y.stride};
}

/// The plan's operand that input `input` of the op at `site` reads; maps of one value share it.
int KernelBuilder::operand(const Site& site, int input) {
  const Op& op = opAt(site.op);
  const int value = op.inputs[static_cast<std::size_t>(input)].value;
  const auto [found, isNew] =
      operands_.emplace(std::pair(site.op, value), static_cast<int>(built_.operands.size()));
  if (!isNew) return found->second;
  const Stride s = windowStride(site.op);
  const TensorType& type = valueOf(site.op, input).type;
  built_.operands.push_back(
      {value, site.originX * s.x - static_cast<int>(op.geometry.before(op.geometry.x, type.x())),
       site.originY * s.y - static_cast<int>(op.geometry.before(op.geometry.y, type.y()))});
  built_.plan.operands.push_back(from_.forms[static_cast<std::size_t>(value)]);
  built_.plan.strides.push_back({site.stride.x * s.x, site.stride.y * s.y});
  return found->second;
}

int KernelBuilder::addressSlot(const AddressSlot& slot) {
  auto& slots = built_.plan.addresses;
  const auto found = std::find(slots.begin(), slots.end(), slot);
  if (found != slots.end()) return static_cast<int>(found - slots.begin());
  slots.push_back(slot);
  return static_cast<int>(slots.size()) - 1;
}

/// Adds a fetch of page `page` of an input; clamps of the input become its constants.
int KernelBuilder::addFetch(const Site& site, int input, int page, int dx, int dy) {
  const SumInput& from = opAt(site.op).inputs[static_cast<std::size_t>(input)];
  Fetch fetch;
  if (innerOp(from.value) >= 0) {
    const Place place{from.value, page, dx, dy};
    if (!inner_.contains(place)) addInner(site, input, {place});
    fetch.inner = inner_.at(place);
  } else {
    fetch.operand = operand(site, input);
    const LayoutForm& form = built_.plan.operands[static_cast<std::size_t>(fetch.operand)];
    const LayoutForm::Slot slot = form.slot(page);
    fetch.plane = slot.plane;
    fetch.quarter = slot.quarter;
    fetch.address = addressSlot({fetch.operand, slot.tile, from.age});
    fetch.dx = dx;
    fetch.dy = dy;
  }
  if (opAt(site.op).reduce == Op::Reduce::Sum &&
      proofAt(site.op).loads[static_cast<std::size_t>(input)].clamped) {
    const auto [scale, lo, hi] = loadConstants(site.op, input, page);
    fetch.scale = scale;
    fetch.lo = lo;
    fetch.hi = hi;
  }
  built_.plan.fetches.push_back(fetch);
  return static_cast<int>(built_.plan.fetches.size()) - 1;
}

std::array<int, 3> KernelBuilder::loadConstants(int op, int input, int page) {
  const std::array<int, 3> key{op, input, page};
  const auto found = loadConstants_.find(key);
  if (found != loadConstants_.end()) return found->second;
  const Proof::InputLoad& load = proofAt(op).loads[static_cast<std::size_t>(input)];
  std::array<Vec4, 3> v{};
  for (std::size_t k = 0; k < 4; ++k) {
    const std::size_t c = static_cast<std::size_t>(4 * page) + k;
    if (c >= load.scale.size()) continue;
    v[0][k] = static_cast<double>(load.scale[c]);
    v[1][k] = static_cast<double>(load.lo[c]);
    v[2][k] = static_cast<double>(load.hi[c]);
  }
  return loadConstants_[key] = {add(v[0]), add(v[1]), add(v[2])};
}

/// The largest magnitude that channel `c` of an input of the root has when it meets a weight.
double KernelBuilder::loadBound(int input, std::size_t c) const {
  const bool clamped = proofAt(root_).loads[static_cast<std::size_t>(input)].clamped;
  const SumInput& summand = opAt(root_).inputs[static_cast<std::size_t>(input)];
  const Interval x = clamped ? loadedRange(from_.graph, summand, c) : valueOf(root_, input).seen(c);
  return static_cast<double>(x.magnitude());
}

/// Remembers how far multiply-accumulate `m` can move its sums.
void KernelBuilder::noteBounds(std::size_t m, int input, int page, const Mac& mac,
                               const Vec4& weights) {
  if (!proofAt(root_).limbs) return;
  if (bounds_.size() <= m) bounds_.resize(m + 1, Vec4{});
  const std::int64_t channels = valueOf(root_, input).type.channels();
  for (std::size_t k = 0; k < 4; ++k) {
    const std::size_t c =
        static_cast<std::size_t>(4 * page) +
        (mac.component == Mac::kDiagonal ? k : static_cast<std::size_t>(mac.component));
    if (static_cast<std::int64_t>(c) >= channels) continue;
    bounds_[m][k] = std::max(bounds_[m][k], std::abs(weights[k]) * loadBound(input, c));
  }
}

void KernelBuilder::addMac(const Site& site, const Mac& mac, int input, int page,
                           const Vec4& weights) {
  if (site.op == root_) noteBounds(built_.plan.macs.size(), input, page, mac, weights);
  built_.plan.macs.push_back(mac);
}

BuiltKernel buildKernel(const KernelSources& from, int op, const PassMapping& pass) {
  return KernelBuilder(from, op, pass).build();
}

LayoutForm formFor(const Value& value, const OpMapping* mapping, bool phased,
                   const DeviceLimits& limits, Storage bytes) {
  LayoutForm form;
  form.channels = static_cast<int>(value.type.channels());
  form.isSigned = value.seen().lo < 0;
  form.storage = storageOf(value, limits, bytes);
  form.planes = mapping != nullptr ? mapping->targets() : planesFor(form.tiles(), limits.targets);
  form.phases = phased ? 2 : 1;
  form.phasesAcross = mapping != nullptr && mapping->phasesAcross;
  return form;
}

}  // namespace glint
