#include "nnets/passes/prove.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "core/fixed_point.h"
#include "nnets/passes/prove_loads.h"
#include "nnets/passes/prove_rescale.h"

namespace glint {
namespace {

using Kind = EpilogueStep::Kind;

constexpr std::int64_t kInt32Limit = std::int64_t{1} << 31;
/// What three bytes hold less their offset: see ConstantsForm.
constexpr std::int64_t kLargestByteWeight = (std::int64_t{1} << 23) - 1;

/// Removes steps that change nothing on the ranges they meet and joins neighbouring clamps, so that
/// what remains is work. `ranges` are those before the first step.
std::vector<Step> simplify(const std::vector<Step>& steps, std::vector<Interval> ranges) {
  std::vector<Step> kept;
  for (const Step& step : steps) {
    bool changes = !std::holds_alternative<ClampStep>(step);
    std::vector<Interval> after(ranges.size());
    for (std::size_t c = 0; c < ranges.size(); ++c) {
      after[c] = apply(step, c, ranges[c]);
      changes = changes || after[c] != ranges[c];
    }
    ranges = std::move(after);
    if (!changes) continue;
    auto* previous = kept.empty() ? nullptr : std::get_if<ClampStep>(&kept.back());
    const auto* clampStep = std::get_if<ClampStep>(&step);
    if (previous == nullptr || clampStep == nullptr) {
      kept.push_back(step);
      continue;
    }
    for (std::size_t c = 0; c < ranges.size(); ++c) {
      previous->lo[c] = std::clamp(previous->lo[c], clampStep->lo[c], clampStep->hi[c]);
      previous->hi[c] = std::clamp(previous->hi[c], clampStep->lo[c], clampStep->hi[c]);
    }
  }
  return kept;
}

/// Writes the epilogue of one quad of channels. The accumulator is exact, in float or int.
class QuadProver {
 public:
  QuadProver(const ArithmeticRules& rules, bool startsInt, std::size_t first, std::size_t channels)
      : rules_(rules), isInt_(startsInt), first_(first), channels_(channels) {}

  Status step(const Step& step, const std::vector<Interval>& before) {
    if (const auto* s = std::get_if<ClampStep>(&step)) {
      pending_ = PendingClamp{s, before};
      return {};
    }
    if (const auto* s = std::get_if<RescaleStep>(&step)) return rescale(*s, before);
    flush();
    if (const auto* s = std::get_if<OffsetStep>(&step)) return offset(*s, before);
    return lookUp(std::get<LutStep>(step));
  }

  /// Ends as `storage` wants it: an integer texture needs an int.
  Status finish(Storage storage) {
    flush();
    if (storage == Storage::Int32 && !isInt_) return toInt();
    return {};
  }

  std::vector<ProvenStep> take() { return std::move(steps_); }

 private:
  std::int64_t limit() const { return isInt_ ? kInt32Limit : std::int64_t{1} << rules_.floatBits; }

  Status toInt() {
    if (!rules_.int32) {
      return Error{Errc::Unsupported, "needs 32-bit integers, which this device lacks"};
    }
    steps_.push_back({Kind::ToInt, {}});
    isInt_ = true;
    return {};
  }

  /// A per-channel constant of the quad; idle channels of the last quad repeat a harmless value.
  template <typename F>
  Vec4 constants(F&& of, double idle) const {
    Vec4 v{};
    for (std::size_t k = 0; k < 4; ++k) {
      v[k] = first_ + k < channels_ ? static_cast<double>(of(first_ + k)) : idle;
    }
    return v;
  }

  void pushClamp(const Vec4& lo, const Vec4& hi) {
    steps_.push_back({isInt_ ? Kind::ClampInt : Kind::ClampFloat, {lo, hi, {}, {}}});
  }

  /// Writes a clamp that no rescale has absorbed.
  void flush() {
    if (!pending_) return;
    // Bounds that lie outside what can come are moved to it, so that they are representable.
    const auto bounds = [&](std::size_t c) {
      return clamp(pending_->before[c], {pending_->step->lo[c], pending_->step->hi[c]});
    };
    pushClamp(constants([&](std::size_t c) { return bounds(c).lo; }, 0),
              constants([&](std::size_t c) { return bounds(c).hi; }, 0));
    pending_.reset();
  }

  Status lookUp(const LutStep& s) {
    const auto [lo, hi] = std::minmax_element(s.table.begin(), s.table.end());
    if (Interval{*lo, *hi}.magnitude() >= limit() && !isInt_) GLINT_TRY(toInt());
    steps_.push_back({Kind::LookUp, {}});
    return {};
  }

  Status offset(const OffsetStep& s, const std::vector<Interval>& before) {
    std::int64_t largest = 0;
    for (std::size_t c = first_; c < std::min(first_ + 4, channels_); ++c) {
      const Interval after = before[c] + Interval{s.value[c], s.value[c]};
      largest = std::max({largest, after.magnitude(), std::abs(s.value[c])});
    }
    if (largest >= limit() && !isInt_) GLINT_TRY(toInt());
    if (largest >= limit()) {
      return Error{Errc::Unsupported, "a sum with its bias can reach " + std::to_string(largest) +
                                          ", beyond 32-bit integers"};
    }
    steps_.push_back({isInt_ ? Kind::OffsetInt : Kind::OffsetFloat,
                      {constants([&](std::size_t c) { return s.value[c]; }, 0), {}, {}, {}}});
    return {};
  }

  Status rescale(const RescaleStep& s, const std::vector<Interval>& before) {
    std::vector<RescaleChannel> quad;
    for (std::size_t c = first_; c < std::min(first_ + 4, channels_); ++c) {
      RescaleChannel channel{before[c], before[c], s.scale[c], s.shift[c]};
      if (pending_) {
        channel.in = pending_->before[c];
        channel.clampedTo = {pending_->step->lo[c], pending_->step->hi[c]};
      }
      quad.push_back(channel);
    }
    pending_.reset();
    while (quad.size() < 4) quad.push_back({{0, 0}, {0, 0}, 0, 0});
    GLINT_ASSIGN(const std::vector<ProvenStep> steps,
                 proveRescale(quad, s.postBits, s.out, isInt_, rules_));
    for (const ProvenStep& step : steps) {
      isInt_ = isInt_ || step.kind == Kind::ToInt;
      steps_.push_back(step);
    }
    return {};
  }

  const ArithmeticRules& rules_;
  bool isInt_;
  std::size_t first_;
  std::size_t channels_;
  struct PendingClamp {
    const ClampStep* step;
    std::vector<Interval> before;
  };
  std::optional<PendingClamp> pending_;  ///< a clamp that a following rescale may absorb
  std::vector<ProvenStep> steps_;
};

Result<std::vector<std::vector<ProvenStep>>> proveSteps(const std::vector<Step>& steps,
                                                        std::vector<Interval> ranges,
                                                        const ArithmeticRules& rules,
                                                        Arithmetic arithmetic, Storage storage) {
  const std::size_t channels = ranges.size();
  std::vector<QuadProver> quads;
  for (std::size_t first = 0; first < channels; first += 4) {
    quads.emplace_back(rules, arithmetic == Arithmetic::Int32, first, channels);
  }
  for (const Step& step : steps) {
    for (QuadProver& quad : quads) GLINT_TRY(quad.step(step, ranges));
    for (std::size_t c = 0; c < channels; ++c) ranges[c] = apply(step, c, ranges[c]);
  }
  std::vector<std::vector<ProvenStep>> proven;
  for (QuadProver& quad : quads) {
    GLINT_TRY(quad.finish(storage));
    proven.push_back(quad.take());
  }
  return proven;
}

constexpr std::int64_t kLimb = 4096;         ///< what one unit of the high limb stands for
constexpr std::int64_t kLargestLimb = 4095;  ///< the joined value stays below 2^24

/// Whether a sum kept in two limbs, whose high one is clamped at the end, gives the same results:
/// the clamped values lie where the steps saturate already (docs/exactness.md, "Two limbs").
bool fitsLimbs(const Proof& proof, const SumBounds& bounds, const std::vector<Step>& steps,
               std::int64_t floatLimit) {
  const auto result = [&](std::size_t c, std::int64_t v) {
    for (const Step& step : steps) {
      if (std::holds_alternative<LutStep>(step)) break;
      v = apply(step, c, v);
    }
    return v;
  };
  for (std::size_t c = 0; c < bounds.sum.size(); ++c) {
    if (bounds.partial[c] / kLimb >= floatLimit - kLimb) return false;
    if (std::abs(proof.init[c]) >= floatLimit - kLimb) return false;
    const std::int64_t top = kLargestLimb * kLimb, bottom = kLimb - 1 - top;
    if (bounds.sum[c].hi > top && result(c, top) != result(c, bounds.sum[c].hi)) return false;
    if (bounds.sum[c].lo < bottom && result(c, bottom) != result(c, bounds.sum[c].lo)) return false;
  }
  return true;
}

std::string power(std::int64_t bound) {
  int bits = 0;
  while (bits < 62 && (std::int64_t{1} << bits) <= bound) ++bits;
  return "2^" + std::to_string(bits);
}

}  // namespace

Result<Proof> prove(const OpGraph& graph, const Op& op, const ArithmeticRules& rules) {
  Proof proof;
  const Value& out = graph.values[static_cast<std::size_t>(op.output)];
  const auto channels = static_cast<std::size_t>(out.type.channels());
  SumBounds bounds;
  if (op.reduce == Op::Reduce::Max) {
    bounds.sum = graph.values[static_cast<std::size_t>(op.inputs[0].value)].range;
    for (Interval r : bounds.sum) bounds.partial.push_back(r.magnitude());
    proof.loads.resize(1);
  } else {
    proof.loads = proveLoads(graph, op);
    bounds = sumBounds(graph, op);
  }
  std::vector<Step> steps = simplify(op.steps, bounds.sum);
  proof.init.assign(channels, 0);
  const auto* offset = steps.empty() ? nullptr : std::get_if<OffsetStep>(&steps.front());
  std::int64_t folded = 0;
  for (std::size_t c = 0; offset != nullptr && c < channels; ++c) {
    folded = std::max(folded, bounds.partial[c] + std::abs(offset->value[c]));
  }
  if (offset != nullptr && op.reduce == Op::Reduce::Sum && folded < kInt32Limit) {
    proof.init = offset->value;
    for (std::size_t c = 0; c < channels; ++c) {
      bounds.sum[c] = bounds.sum[c] + Interval{proof.init[c], proof.init[c]};
      bounds.partial[c] += std::abs(proof.init[c]);
    }
    steps.erase(steps.begin());
  }
  const std::int64_t weight = largestWeight(graph, op, proof.loads);
  const std::int64_t operand = std::max(largestLoad(graph, op, proof.loads), weight);
  proof.bound = operand;
  for (std::int64_t b : bounds.partial) proof.bound = std::max(proof.bound, b);
  const std::int64_t floatLimit = std::int64_t{1} << rules.floatBits;
  if (proof.bound >= floatLimit && rules.limbs && op.reduce == Op::Reduce::Sum &&
      std::max(operand, bounds.product) < floatLimit - kLimb &&
      fitsLimbs(proof, bounds, steps, floatLimit)) {
    proof.limbs = true;
    for (Interval& sum : bounds.sum) sum = clamp(sum, {-kLargestLimb * kLimb, floatLimit - 1});
  }
  if (proof.bound >= floatLimit && !proof.limbs) proof.arithmetic = Arithmetic::Int32;
  if (proof.arithmetic == Arithmetic::Int32 && (!rules.int32 || proof.bound >= kInt32Limit)) {
    return Error{Errc::Unsupported, "partial sums can reach " + std::to_string(proof.bound) +
                                        (rules.int32 ? ", beyond 32-bit integers"
                                                     : ", beyond the 2^24 of a highp float")};
  }
  if (!rules.int32 && weight > kLargestByteWeight) {
    return Error{Errc::Unsupported, "its weights, shifted, can reach " + std::to_string(weight) +
                                        ", beyond the three bytes of a texture without integers"};
  }
  const Storage storage = storageFor(out.seen(), rules.int32);
  if (storage == Storage::Bytes32 && out.seen().magnitude() >= floatLimit) {
    return Error{Errc::Unsupported, "its output can reach " +
                                        std::to_string(out.seen().magnitude()) +
                                        ", beyond the 2^24 of a highp float"};
  }
  GLINT_ASSIGN(proof.quads, proveSteps(steps, bounds.sum, rules, proof.arithmetic, storage));
  return proof;
}

std::string Proof::describe() const {
  std::set<std::string> kinds;
  for (const auto& quad : quads) {
    for (const ProvenStep& step : quad) {
      if (step.kind == Kind::ScaleFloor) kinds.insert("F1");
      if (step.kind == Kind::TwoLimbFloor) kinds.insert("F2");
      if (step.kind == Kind::LimbScale) kinds.insert("F3");
      if (step.kind == Kind::RescaleInt) kinds.insert("I32");
      if (step.kind == Kind::LookUp) kinds.insert("LUT");
    }
  }
  std::string text = std::string(name(arithmetic)) + (limbs ? " in pieces" : "") +
                     ", |sum| <= " + std::to_string(bound) + " < " + power(bound) + ", epilogue";
  if (kinds.empty()) return text + " none";
  for (const std::string& kind : kinds) text += " " + kind;
  return text;
}

}  // namespace glint
