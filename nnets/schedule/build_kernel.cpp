#include "nnets/schedule/build_kernel.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>

#include "nnets/schedule/constants.h"
#include "nnets/schedule/window_taps.h"

namespace glint {
namespace {

/// Builds the plan of one pass.
class Builder {
 public:
  Builder(const OpGraph& graph, const Op& op, const Proof& proof, const OpMapping& mapping,
          const PassMapping& pass, const DeviceLimits& limits)
      : graph_(graph),
        op_(op),
        values_(valuesRead(op)),
        proof_(proof),
        mapping_(mapping),
        pass_(pass),
        limits_(limits) {}

  BuiltKernel build(const std::vector<LayoutForm>& operands, const LayoutForm& output) {
    KernelPlan& plan = built_.plan;
    plan.reduce = op_.reduce == Op::Reduce::Max ? KernelPlan::Reduce::Max : KernelPlan::Reduce::Sum;
    plan.arithmetic = proof_.arithmetic;
    plan.placement = mapping_.placement;
    plan.loop = mapping_.loop;
    if (op_.geometry.kind == WindowGeometry::Kind::Sliding) {
      plan.strideX = op_.geometry.x.stride;
      plan.strideY = op_.geometry.y.stride;
    }
    plan.operands = operands;
    plan.output = output;
    plan.targets = static_cast<int>(pass_.nps.size());
    plan.storedComponent = pass_.nps.front().firstFilter % 4;
    while (plan.constantsPerRow > limits_.textureSize) plan.constantsPerRow /= 2;
    for (const NpMapping& np : pass_.nps) {
      plan.init.push_back(initOf(np));
      plan.epilogue.push_back(epilogueOf(np));
    }
    if (plan.loop) {
      isDiagonal(0) ? addLoopedSum() : addLoop();
    } else {
      for (std::size_t i = 0; i < op_.inputs.size(); ++i) addUnrolled(static_cast<int>(i));
    }
    if (proof_.limbs) plan.carries = carriesOf(plan, bounds_, limits_.arithmetic.floatBits);
    for (const Step& step : op_.steps) {
      const auto* lut = std::get_if<LutStep>(&step);
      if (lut != nullptr) built_.table = encodeTable(lut->table, integers(), plan.table);
    }
    built_.weights = encodeWeights(std::move(built_.weights), integers(), plan.weights);
    assert(validate(plan).empty());
    return std::move(built_);
  }

 private:
  const Value& valueOf(int input) const {
    const int value = op_.inputs[static_cast<std::size_t>(input)].value;
    return graph_.values[static_cast<std::size_t>(value)];
  }
  int inputCount() const { return static_cast<int>(op_.inputs.size()); }
  const SumInput& input(int i) const { return op_.inputs[static_cast<std::size_t>(i)]; }
  /// Inputs that read maps of one value share an operand.
  int operandOf(int i) const {
    const auto at = std::find(values_.begin(), values_.end(), input(i).value);
    return static_cast<int>(at - values_.begin());
  }
  const LayoutForm& formOf(int i) const {
    return built_.plan.operands[static_cast<std::size_t>(operandOf(i))];
  }
  bool integers() const { return limits_.arithmetic.int32; }
  bool isInt() const { return proof_.arithmetic == Arithmetic::Int32; }
  bool isDiagonal(int i) const { return op_.reduce == Op::Reduce::Max || input(i).diagonal; }

  /// A constant in the plan's arithmetic; all four are integers then.
  int add(const Vec4& v) {
    if (!isInt()) return addFloat(v);
    return addInt(v);
  }
  int addFloat(const Vec4& v) {
    built_.plan.floats.push_back(v);
    return static_cast<int>(built_.plan.floats.size()) - 1;
  }
  int addInt(const Vec4& v) {
    IVec4 i{};
    for (std::size_t k = 0; k < 4; ++k) i[k] = static_cast<std::int32_t>(v[k]);
    built_.plan.ints.push_back(i);
    return static_cast<int>(built_.plan.ints.size()) - 1;
  }

  int initOf(const NpMapping& np) {
    if (op_.reduce == Op::Reduce::Max) return -1;
    Vec4 v{};
    for (int k = 0; k < np.filters; ++k) {
      v[static_cast<std::size_t>(np.firstFilter % 4 + k)] =
          static_cast<double>(proof_.init[static_cast<std::size_t>(np.firstFilter + k)]);
    }
    return add(v);
  }

  std::vector<EpilogueStep> epilogueOf(const NpMapping& np) {
    // An idle NP repeats the last quad's steps, so that its program is that of a busy one.
    const std::size_t quad = std::min<std::size_t>(static_cast<std::size_t>(np.firstFilter / 4),
                                                   proof_.quads.size() - 1);
    std::vector<EpilogueStep> steps;
    for (const ProvenStep& proven : proof_.quads[quad]) {
      EpilogueStep step{proven.kind, {}};
      const bool ints = numberOf(proven.kind) == NumberKind::Int;
      for (const Vec4& constant : proven.constants) {
        step.constants.push_back(ints ? addInt(constant) : addFloat(constant));
      }
      steps.push_back(std::move(step));
    }
    return steps;
  }

  int addressSlot(const AddressSlot& slot) {
    auto& slots = built_.plan.addresses;
    const auto found = std::find(slots.begin(), slots.end(), slot);
    if (found != slots.end()) return static_cast<int>(found - slots.begin());
    slots.push_back(slot);
    return static_cast<int>(slots.size()) - 1;
  }

  /// Adds a fetch of page `page` of input `i`; clamps of the input become its constants.
  int addFetch(int i, int page, int dx, int dy) {
    const LayoutForm::Slot slot = formOf(i).slot(page);
    const int operand = operandOf(i);
    const int address = addressSlot({operand, slot.tile, input(i).age});
    Fetch fetch{operand, slot.plane, address, dx, dy, -1, -1, -1};
    if (op_.reduce == Op::Reduce::Sum && proof_.loads[static_cast<std::size_t>(i)].clamped) {
      const auto [scale, lo, hi] = loadConstants(i, page);
      fetch.scale = scale;
      fetch.lo = lo;
      fetch.hi = hi;
    }
    built_.plan.fetches.push_back(fetch);
    return static_cast<int>(built_.plan.fetches.size()) - 1;
  }

  std::array<int, 3> loadConstants(int i, int page) {
    const auto found = loadConstants_.find({i, page});
    if (found != loadConstants_.end()) return found->second;
    const Proof::InputLoad& load = proof_.loads[static_cast<std::size_t>(i)];
    std::array<Vec4, 3> v{};
    for (std::size_t k = 0; k < 4; ++k) {
      const std::size_t c = static_cast<std::size_t>(4 * page) + k;
      if (c >= load.scale.size()) continue;
      v[0][k] = static_cast<double>(load.scale[c]);
      v[1][k] = static_cast<double>(load.lo[c]);
      v[2][k] = static_cast<double>(load.hi[c]);
    }
    return loadConstants_[{i, page}] = {add(v[0]), add(v[1]), add(v[2])};
  }

  /// The largest magnitude that channel `c` of input `i` has when it meets a weight.
  double loadBound(int i, std::size_t c) const {
    const bool clamped = proof_.loads[static_cast<std::size_t>(i)].clamped;
    const Interval x = clamped ? loadedRange(graph_, input(i), c) : valueOf(i).seen(c);
    return static_cast<double>(x.magnitude());
  }

  /// Remembers how far multiply-accumulate `m` can move its sums.
  void noteBounds(std::size_t m, int i, int page, const Mac& mac, const Vec4& weights) {
    if (!proof_.limbs) return;
    if (bounds_.size() <= m) bounds_.resize(m + 1, Vec4{});
    const std::int64_t channels = valueOf(i).type.channels();
    for (std::size_t k = 0; k < 4; ++k) {
      const std::size_t c =
          static_cast<std::size_t>(4 * page) +
          (mac.component == Mac::kDiagonal ? k : static_cast<std::size_t>(mac.component));
      if (static_cast<std::int64_t>(c) >= channels) continue;
      bounds_[m][k] = std::max(bounds_[m][k], std::abs(weights[k]) * loadBound(i, c));
    }
  }

  static bool isZero(const Vec4& v) { return v == Vec4{}; }
  bool dropsZeros() const { return mapping_.placement == Placement::Inline; }

  void addMac(const Mac& mac, int i, int page, const Vec4& weights) {
    noteBounds(built_.plan.macs.size(), i, page, mac, weights);
    built_.plan.macs.push_back(mac);
  }

  void addUnrolled(int i) {
    if (isDiagonal(i)) {
      addDiagonal(i);
      return;
    }
    // By tap, then by page: every texel is fetched once for all targets that use it.
    std::map<std::pair<int, int>, std::vector<std::pair<std::size_t, int>>> byOffset;
    for (std::size_t t = 0; t < pass_.nps.size(); ++t) {
      for (const Tap& tap : tapsOf(graph_, op_, i, pass_.nps[t])) {
        byOffset[{tap.dx, tap.dy}].emplace_back(t, tap.weight);
      }
    }
    const std::int64_t cin = valueOf(i).type.channels();
    for (const auto& [offset, users] : byOffset) {
      for (int page = 0; 4 * page < cin; ++page) {
        int fetch = -1;
        for (int k = 0; k < 4 && 4 * page + k < cin; ++k) {
          for (const auto& [t, weight] : users) {
            const Vec4 w = weightsOf(graph_, op_, proof_, {i, weight, page, k}, pass_.nps[t]);
            if (dropsZeros() && isZero(w)) continue;
            if (fetch < 0) fetch = addFetch(i, page, offset.first, offset.second);
            addMac({fetch, k, static_cast<int>(t), add(w)}, i, page, w);
          }
        }
      }
    }
  }

  void addDiagonal(int i) {
    for (std::size_t t = 0; t < pass_.nps.size(); ++t) {
      const NpMapping& np = pass_.nps[t];
      // An idle NP reads some page that exists; its weights are zero.
      const int pages = static_cast<int>((valueOf(i).type.channels() + 3) / 4);
      const int page = std::min(np.firstFilter / 4, pages - 1);
      for (const Tap& tap : tapsOf(graph_, op_, i, np)) {
        if (op_.reduce == Op::Reduce::Max) {
          const int fetch = addFetch(i, page, tap.dx, tap.dy);
          built_.plan.macs.push_back({fetch, Mac::kDiagonal, static_cast<int>(t), -1});
          continue;
        }
        const Vec4 w = weightsOf(graph_, op_, proof_, {i, tap.weight, page, 0}, np);
        if (dropsZeros() && isZero(w)) continue;
        const int fetch = addFetch(i, page, tap.dx, tap.dy);
        addMac({fetch, Mac::kDiagonal, static_cast<int>(t), add(w)}, i, page, w);
      }
    }
  }

  /// The body of loops over (tiles, window x, window y), and what the loops read. All inputs are
  /// maps of one value.
  void addLoop() {
    assert(values_.size() == 1);
    std::vector<std::vector<Tap>> taps;
    int x0 = 1 << 30, y0 = 1 << 30, x1 = -x0, y1 = -y0;
    for (const NpMapping& np : pass_.nps) {
      taps.push_back(tapsOf(graph_, op_, 0, np));
      for (const Tap& tap : taps.back()) {
        x0 = std::min(x0, tap.dx), x1 = std::max(x1, tap.dx);
        y0 = std::min(y0, tap.dy), y1 = std::max(y1, tap.dy);
      }
    }
    const LayoutForm form = formOf(0);
    const int tiles = (form.pages() + form.planes - 1) / form.planes;
    built_.plan.loopCounts = {tiles, x1 - x0 + 1, y1 - y0 + 1};
    built_.windowX = x0;
    built_.windowY = y0;
    for (int i = 0; i < inputCount(); ++i) {
      for (int plane = 0; plane < form.planes; ++plane) {
        const int fetch = addFetch(i, plane, 0, 0);
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

  void appendWeights(const LayoutForm& form, int tile, int x, int y,
                     const std::vector<std::vector<Tap>>& taps) {
    // One entry a multiply-accumulate, in their order.
    for (std::size_t m = 0; m < built_.plan.macs.size(); ++m) {
      const Mac& mac = built_.plan.macs[m];
      const auto t = static_cast<std::size_t>(mac.target);
      const int i = mac.fetch / form.planes, plane = mac.fetch % form.planes;
      IVec4 w{};
      const auto tap = std::find_if(taps[t].begin(), taps[t].end(), [&](const Tap& candidate) {
        return candidate.dx == x && candidate.dy == y;
      });
      if (tap != taps[t].end()) {
        const int page = tile * form.planes + plane;
        const WeightRow row{i, tap->weight, page, mac.component};
        const Vec4 v = weightsOf(graph_, op_, proof_, row, pass_.nps[t]);
        for (std::size_t c = 0; c < 4; ++c) w[c] = static_cast<std::int32_t>(v[c]);
        noteBounds(m, i, page, mac, v);
      }
      built_.weights.push_back(w);
    }
  }

  void addLoopedSum() {
    const TensorType& type = valueOf(0).type;
    built_.plan.loopCounts = {1, static_cast<int>(type.x()), static_cast<int>(type.y())};
    const int pages = static_cast<int>((type.channels() + 3) / 4);
    for (std::size_t t = 0; t < pass_.nps.size(); ++t) {
      const NpMapping& np = pass_.nps[t];
      const int page = std::min(np.firstFilter / 4, pages - 1);
      const int fetch = addFetch(0, page, 0, 0);
      const Vec4 w = weightsOf(graph_, op_, proof_, {0, 0, page, 0}, np);
      addMac({fetch, Mac::kDiagonal, static_cast<int>(t), add(w)}, 0, page, w);
    }
  }

  const OpGraph& graph_;
  const Op& op_;
  const std::vector<int> values_;  ///< by operand
  const Proof& proof_;
  const OpMapping& mapping_;
  const PassMapping& pass_;
  const DeviceLimits& limits_;
  BuiltKernel built_;
  std::vector<Vec4> bounds_;  ///< by multiply-accumulate, with limbs: how far it moves its sums
  std::map<std::pair<int, int>, std::array<int, 3>> loadConstants_;
};

}  // namespace

BuiltKernel buildKernel(const OpGraph& graph, const Op& op, const Proof& proof,
                        const OpMapping& mapping, const PassMapping& pass,
                        const std::vector<LayoutForm>& operands, const LayoutForm& output,
                        const DeviceLimits& limits) {
  return Builder(graph, op, proof, mapping, pass, limits).build(operands, output);
}

LayoutForm formFor(const Value& value, const OpMapping* mapping, bool phased,
                   const DeviceLimits& limits, Storage bytes) {
  LayoutForm form;
  form.channels = static_cast<int>(value.type.channels());
  form.isSigned = value.seen().lo < 0;
  form.storage = storageFor(value.seen(), limits.arithmetic.int32);
  if (form.storage == Storage::Norm8 && limits.arithmetic.int32) form.storage = bytes;
  form.planes = mapping != nullptr ? mapping->targets() : planesFor(form.pages(), limits.targets);
  form.phases = phased ? 2 : 1;
  form.phasesAcross = mapping != nullptr && mapping->phasesAcross;
  return form;
}

}  // namespace glint
