#include "nnets/passes/prove_steps.h"

#include <algorithm>
#include <optional>

#include "nnets/passes/prove_rescale.h"

namespace glint {
namespace {

using Kind = EpilogueStep::Kind;

constexpr std::int64_t kInt32Limit = std::int64_t{1} << 31;
/// Of v / threshold, so that v times a rounded inverse, rounded again, is wrong by less than one.
constexpr std::int64_t kMostQuotient = std::int64_t{1} << 22;
constexpr std::int64_t kLargestPower = 30;  ///< 2^30 is the largest of 32 bits with a sign

std::int64_t floorDivide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

/// Writes the epilogue of one quad of channels. The accumulator is exact, in float or int.
class QuadProver {
 public:
  QuadProver(const ArithmeticRules& rules, SumKind sum, std::size_t first, std::size_t channels)
      : rules_(rules),
        isInt_(sum == SumKind::Int),
        inLimbs_(sum == SumKind::Limbs),
        first_(first),
        channels_(channels) {}

  Status step(const Step& step, const std::vector<Interval>& before) {
    if (const auto* s = std::get_if<ClampStep>(&step)) {
      pending_ = PendingClamp{s, before};
      return {};
    }
    if (const auto* s = std::get_if<RescaleStep>(&step)) return rescale(*s, before);
    if (const auto* s = std::get_if<ThresholdStep>(&step)) return threshold(*s, before);
    GLINT_TRY(flush());
    if (inLimbs_) return limbsLeft();
    if (const auto* s = std::get_if<OffsetStep>(&step)) return offset(*s, before);
    if (const auto* s = std::get_if<LutStep>(&step)) return lookUp(*s);
    if (const auto* s = std::get_if<SpikeStep>(&step)) return spikes(*s, before);
    if (const auto* s = std::get_if<MembraneStep>(&step)) return membrane(*s, before);
    if (std::holds_alternative<AbsStep>(step)) {
      if (largest(before) >= limit()) return beyondIntegers(before);
      steps_.push_back({Kind::Abs, {}});
      return {};
    }
    return integerStep(step, before);
  }

  /// Ends as `storage` wants it: an integer texture needs an int, bytes a number they hold.
  Status finish(Storage storage, const std::vector<Interval>& ranges) {
    GLINT_TRY(flush());
    if (inLimbs_ && (storage != Storage::Bytes32 || largest(ranges) >= kInt32Limit)) {
      return limbsLeft();
    }
    if (inLimbs_) steps_.push_back({Kind::StoreLimbs, {}});
    if (storage == Storage::Int32 && !isInt_) return toInt();
    if (storage == Storage::Bytes32 && !inLimbs_ && largest(ranges) >= limit()) {
      return Error{Errc::Unsupported, "its output can reach " + std::to_string(largest(ranges)) +
                                          ", beyond the 2^24 of a highp float"};
    }
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
    steps_.push_back({isInt_ ? Kind::ClampInt : Kind::ClampFloat, {lo, hi}});
  }

  /// Writes a clamp that no rescale has absorbed.
  Status flush() {
    if (!pending_) return {};
    if (inLimbs_) return limbsLeft();
    // Bounds that lie outside what can come are moved to it, so that they are representable.
    const auto bounds = [&](std::size_t c) {
      return clamp(pending_->before[c], {pending_->step->lo[c], pending_->step->hi[c]});
    };
    pushClamp(constants([&](std::size_t c) { return bounds(c).lo; }, 0),
              constants([&](std::size_t c) { return bounds(c).hi; }, 0));
    pending_.reset();
    return {};
  }

  std::int64_t largest(const std::vector<Interval>& ranges) const {
    std::int64_t all = 0;
    for (std::size_t c = first_; c < std::min(first_ + 4, channels_); ++c) {
      all = std::max(all, ranges[c].magnitude());
    }
    return all;
  }

  static Status limbsLeft() {
    return Error{Errc::Unsupported, "only an output scaling or thresholds take a sum in two limbs"};
  }

  Status lookUp(const LutStep& s) {
    const auto [lo, hi] = std::minmax_element(s.table.begin(), s.table.end());
    if (Interval{*lo, *hi}.magnitude() >= limit() && !isInt_) GLINT_TRY(toInt());
    steps_.push_back({Kind::LookUp, {}});
    return {};
  }

  /// The constants of a quotient that a comparison each way sets right: exact where the guess is
  /// wrong by less than one (docs/exactness.md, "Spikes").
  Status quotient(const SpikeStep& s, const std::vector<Interval>& before, ProvenStep& step) {
    const std::int64_t most = std::max<std::int64_t>(largest(before), 1);
    const auto inverse = static_cast<double>(1.f / static_cast<float>(s.threshold));
    const bool exact = (s.threshold & (s.threshold - 1)) == 0;
    if (isInt_ || s.threshold + most >= limit() ||
        (!exact && most / s.threshold >= kMostQuotient)) {
      return Error{Errc::Unsupported,
                   "membranes can reach " + std::to_string(most) + ", where spikes of threshold " +
                       std::to_string(s.threshold) + " cannot be counted in a highp float"};
    }
    const std::int64_t count = s.most > 0 ? std::min(s.most, most) : most;
    for (double v : {inverse, static_cast<double>(s.threshold), static_cast<double>(count)}) {
      step.constants.push_back(constants([&](std::size_t) { return v; }, v));
    }
    return {};
  }

  Status spikes(const SpikeStep& s, const std::vector<Interval>& before) {
    ProvenStep step{Kind::CountSpikes, {}};
    GLINT_TRY(quotient(s, before, step));
    steps_.push_back(std::move(step));
    return {};
  }

  Status membrane(const MembraneStep& s, const std::vector<Interval>& before) {
    const auto all = [&](std::int64_t v) {
      return constants([&](std::size_t) { return v; }, static_cast<double>(v));
    };
    const std::int64_t most = std::max<std::int64_t>(largest(before), 1);
    const std::int64_t count = s.toValue ? 1 : glint::apply(Step{s.spikes}, 0, most);
    const Interval taken = Interval{0, count} * s.value;
    if (isInt_ || (taken + Interval{-most, most}).magnitude() >= limit()) {
      return Error{Errc::Unsupported, "a membrane of up to " + std::to_string(most) + " less " +
                                          std::to_string(count) + " times " +
                                          std::to_string(s.value) + " is beyond a highp float"};
    }
    if (s.toValue) {
      steps_.push_back({Kind::ResetSpiking, {all(s.spikes.threshold), all(s.value)}});
      return {};
    }
    ProvenStep step{Kind::TakeSpikes, {}};
    GLINT_TRY(quotient(s.spikes, before, step));
    step.constants.push_back(all(s.value));
    steps_.push_back(std::move(step));
    return {};
  }

  Status beyondIntegers(const std::vector<Interval>& before) const {
    return Error{Errc::Unsupported, "a step on what can reach " + std::to_string(largest(before)) +
                                        ", beyond 32-bit integers"};
  }

  /// Steps that are done in integers alone.
  Status integerStep(const Step& step, const std::vector<Interval>& before) {
    if (!isInt_) GLINT_TRY(toInt());
    if (const auto* s = std::get_if<ShiftStep>(&step)) {
      steps_.push_back(
          {Kind::ShiftInt, {constants([&](std::size_t c) { return s->shift[c]; }, 0)}});
      return {};
    }
    if (std::holds_alternative<Exp2Step>(step)) {
      for (std::size_t c = first_; c < std::min(first_ + 4, channels_); ++c) {
        if (before[c].hi > kLargestPower) return beyondIntegers(before);
      }
      steps_.push_back({Kind::Exp2Int, {}});
      return {};
    }
    return divide(std::get<DivideStep>(step), before);
  }

  /// The numerator without its sign, and the sign: both sums of the correction stay below 2^31.
  Status divide(const DivideStep& s, const std::vector<Interval>& before) {
    for (std::size_t c = first_; c < std::min(first_ + 4, channels_); ++c) {
      if (before[c].lo >= 0 && std::abs(s.numerator[c]) + before[c].hi < kInt32Limit) continue;
      return Error{Errc::Unsupported, "a division of " + std::to_string(s.numerator[c]) +
                                          " by up to " + std::to_string(before[c].hi) +
                                          ", together beyond 32-bit integers"};
    }
    steps_.push_back({Kind::DivideInt,
                      {constants([&](std::size_t c) { return std::abs(s.numerator[c]); }, 0),
                       constants([&](std::size_t c) { return s.numerator[c] < 0 ? -1 : 1; }, 1)}});
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
                      {constants([&](std::size_t c) { return s.value[c]; }, 0)}});
    return {};
  }

  /// v >= bound, as bound - 1 < v. A bound that what comes, or a clamp before, leaves on one side
  /// is moved next to the interval, where it decides the same: then constants are as exact as v.
  Status threshold(const ThresholdStep& s, const std::vector<Interval>& ranges) {
    const std::vector<Interval>& before = pending_ ? pending_->before : ranges;
    const auto below = [&](const std::vector<std::int64_t>& bounds, std::size_t c) {
      std::int64_t bound = bounds[c];
      if (pending_ && bound <= pending_->step->lo[c]) bound = before[c].lo;
      if (pending_ && bound > pending_->step->hi[c]) bound = before[c].hi + 1;
      return std::clamp(bound, before[c].lo, before[c].hi + 1) - 1;
    };
    ProvenStep step{isInt_     ? Kind::ThresholdInt
                    : inLimbs_ ? Kind::ThresholdLimbs
                               : Kind::ThresholdFloat,
                    {}};
    for (const std::vector<std::int64_t>& bounds : s.bounds) {
      const auto high = [&](std::size_t c) { return floorDivide(below(bounds, c), kLimb); };
      if (inLimbs_) step.constants.push_back(constants(high, 0));
      step.constants.push_back(constants(
          [&](std::size_t c) { return below(bounds, c) - (inLimbs_ ? high(c) * kLimb : 0); }, 0));
    }
    pending_.reset();
    inLimbs_ = false;
    steps_.push_back(std::move(step));
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
                 inLimbs_ ? proveLimbRescale(quad, s.postBits, s.out, rules_)
                          : proveRescale(quad, s.postBits, s.out, isInt_, rules_));
    inLimbs_ = false;
    for (const ProvenStep& step : steps) {
      isInt_ = isInt_ || step.kind == Kind::ToInt;
      steps_.push_back(step);
    }
    return {};
  }

  const ArithmeticRules& rules_;
  bool isInt_;
  bool inLimbs_;  ///< until a step has joined them
  std::size_t first_;
  std::size_t channels_;
  struct PendingClamp {
    const ClampStep* step;
    std::vector<Interval> before;
  };
  std::optional<PendingClamp> pending_;  ///< a clamp that a following rescale may absorb
  std::vector<ProvenStep> steps_;
};

}  // namespace

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

Result<std::vector<ProvenStep>> proveQuad(const std::vector<Step>& steps,
                                          std::vector<Interval> ranges, std::size_t first,
                                          SumKind sum, Storage storage,
                                          const ArithmeticRules& rules) {
  QuadProver quad(rules, sum, first, ranges.size());
  for (const Step& step : steps) {
    GLINT_TRY(quad.step(step, ranges));
    for (std::size_t c = 0; c < ranges.size(); ++c) ranges[c] = apply(step, c, ranges[c]);
  }
  GLINT_TRY(quad.finish(storage, ranges));
  return quad.take();
}

}  // namespace glint
