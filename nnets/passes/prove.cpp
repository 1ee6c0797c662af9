#include "nnets/passes/prove.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "nnets/passes/prove_loads.h"
#include "nnets/passes/prove_steps.h"

namespace glint {
namespace {

using Kind = EpilogueStep::Kind;
using Quads = std::vector<std::vector<ProvenStep>>;

constexpr std::int64_t kInt32Limit = std::int64_t{1} << 31;
/// What three bytes hold less their offset: see ConstantsForm.
constexpr std::int64_t kLargestByteWeight = (std::int64_t{1} << 23) - 1;
constexpr std::int64_t kLargestLimb = 4095;  ///< joined behind a clamp to it: below 2^24

/// An op's sum and what follows it, ready to be proven in one arithmetic or another.
class Prover {
 public:
  Prover(const OpGraph& graph, const Op& op, const ArithmeticRules& rules)
      : op_(op),
        out_(graph.values[static_cast<std::size_t>(op.output)]),
        rules_(rules),
        floatLimit_(std::int64_t{1} << rules.floatBits),
        storage_(storageFor(out_.seen(), rules.int32)) {
    const auto channels = static_cast<std::size_t>(out_.type.channels());
    if (op.reduce == Op::Reduce::Max) {
      bounds_.sum = graph.values[static_cast<std::size_t>(op.inputs[0].value)].range;
      for (Interval r : bounds_.sum) bounds_.partial.push_back(r.magnitude());
      proof_.loads.resize(1);
    } else if (op.reduce == Op::Reduce::Saturated) {
      bounds_.sum = saturatedRange(graph, op);
      for (Interval r : bounds_.sum) bounds_.partial.push_back(r.magnitude());
      proof_.loads.resize(op.inputs.size());
    } else {
      proof_.loads = proveLoads(graph, op);
      bounds_ = sumBounds(graph, op);
    }
    steps_ = simplify(op.steps, bounds_.sum);
    proof_.init.assign(channels, 0);
    foldOffset();
    proof_.anyWeights = hasChangingWeights(op);
    weight_ = largestWeight(graph, op, proof_.loads);
    operand_ = std::max(largestLoad(graph, op, proof_.loads), weight_);
    proof_.bound = operand_;
    for (std::int64_t b : bounds_.partial) proof_.bound = std::max(proof_.bound, b);
  }

  /// The first arithmetic of the ladder that is exact.
  Result<Proof> run() {
    if (op_.reduce == Op::Reduce::Saturated) {
      if (!rules_.int32) return refuse("a saturating sum needs 32-bit integers");
      proof_.saturates = true;
      if (op_.saturateBits > 32 || operand_ > kInt32Limit) return refuse("beyond 32-bit integers");
      return prove(Arithmetic::Int32, std::vector<SumKind>(quads(), SumKind::Int), bounds_.sum);
    }
    if (!rules_.int32 && weight_ > kLargestByteWeight) {
      return refuse("its weights, shifted, can reach " + std::to_string(weight_) +
                    ", beyond the three bytes of a texture without integers");
    }
    if (proof_.bound < floatLimit_) {
      return prove(Arithmetic::Float, std::vector<SumKind>(quads(), SumKind::Float), bounds_.sum);
    }
    if (Result<Proof> proof = inLimbs(); proof.ok()) return proof;
    if (!rules_.int32 || proof_.bound >= kInt32Limit) {
      return refuse(
          "partial sums can reach " + std::to_string(proof_.bound) +
          (rules_.int32 ? ", beyond 32-bit integers" : ", beyond the 2^24 of a highp float"));
    }
    return prove(Arithmetic::Int32, std::vector<SumKind>(quads(), SumKind::Int), bounds_.sum);
  }

 private:
  static Error refuse(const std::string& why) { return {Errc::Unsupported, why}; }
  std::size_t quads() const { return (bounds_.sum.size() + 3) / 4; }

  /// A bias that comes first becomes what the sum starts from.
  void foldOffset() {
    const auto* offset = steps_.empty() ? nullptr : std::get_if<OffsetStep>(&steps_.front());
    if (offset == nullptr || op_.reduce != Op::Reduce::Sum) return;
    for (std::size_t c = 0; c < bounds_.sum.size(); ++c) {
      if (bounds_.partial[c] + std::abs(offset->value[c]) >= kInt32Limit) return;
    }
    proof_.init = offset->value;
    for (std::size_t c = 0; c < bounds_.sum.size(); ++c) {
      bounds_.sum[c] = bounds_.sum[c] + Interval{proof_.init[c], proof_.init[c]};
      bounds_.partial[c] += std::abs(proof_.init[c]);
    }
    steps_.erase(steps_.begin());
  }

  Result<Proof> prove(Arithmetic arithmetic, const std::vector<SumKind>& sums,
                      const std::vector<Interval>& ranges) const {
    Proof proof = proof_;
    proof.arithmetic = arithmetic;
    for (std::size_t quad = 0; quad < quads(); ++quad) {
      GLINT_ASSIGN(auto steps, proveQuad(steps_, ranges, 4 * quad, sums[quad], storage_, rules_));
      proof.quads.push_back(std::move(steps));
    }
    return proof;
  }

  /// Float in two limbs: each quad joins them where the steps saturate what a float cannot hold, or
  /// leaves them to its output scaling (docs/exactness.md, "Two limbs").
  Result<Proof> inLimbs() const {
    if (!rules_.limbs || op_.reduce != Op::Reduce::Sum) return refuse("no sum");
    if (std::max(operand_, bounds_.product) >= floatLimit_ - kLimb) return refuse("a product");
    std::vector<SumKind> sums(quads(), SumKind::Float);
    std::vector<Interval> ranges = bounds_.sum;
    for (std::size_t c = 0; c < ranges.size(); ++c) {
      if (bounds_.partial[c] / kLimb >= floatLimit_ - kLimb) return refuse("the high limb");
      if (std::abs(proof_.init[c]) >= floatLimit_ - kLimb) return refuse("the bias");
      if (!canJoin(c)) sums[c / 4] = SumKind::Limbs;
    }
    for (std::size_t c = 0; c < ranges.size(); ++c) {
      if (sums[c / 4] == SumKind::Limbs) continue;
      ranges[c] = clamp(ranges[c], {-kLargestLimb * kLimb, floatLimit_ - 1});
    }
    GLINT_ASSIGN(Proof proof, prove(Arithmetic::Float, sums, ranges));
    proof.limbs = true;
    return proof;
  }

  /// Whether clamping the high limb changes no result of channel `c`: what is clamped lies where
  /// the steps give one value.
  bool canJoin(std::size_t c) const {
    const auto result = [&](std::int64_t v) {
      for (const Step& step : steps_) {
        if (!isMonotone(step)) break;
        v = apply(step, c, v);
      }
      return v;
    };
    const Interval sum = bounds_.sum[c];
    const std::int64_t top = kLargestLimb * kLimb, bottom = kLimb - 1 - top;
    return (sum.hi <= top || result(top) == result(sum.hi)) &&
           (sum.lo >= bottom || result(bottom) == result(sum.lo));
  }

  const Op& op_;
  const Value& out_;
  const ArithmeticRules& rules_;
  const std::int64_t floatLimit_;
  const Storage storage_;
  Proof proof_;  ///< what all arithmetics share
  SumBounds bounds_;
  std::vector<Step> steps_;
  std::int64_t weight_ = 0, operand_ = 0;  ///< the largest magnitudes
};

std::string power(std::int64_t bound) {
  int bits = 0;
  while (bits < 62 && (std::int64_t{1} << bits) <= bound) ++bits;
  return "2^" + std::to_string(bits);
}

}  // namespace

Result<Proof> prove(const OpGraph& graph, const Op& op, const ArithmeticRules& rules) {
  return Prover(graph, op, rules).run();
}

std::string Proof::describe() const {
  std::set<std::string> kinds;
  for (const auto& quad : quads) {
    for (const ProvenStep& step : quad) {
      if (step.kind == Kind::ScaleFloor) kinds.insert("F1");
      if (step.kind == Kind::TwoLimbFloor || step.kind == Kind::JoinFloor) kinds.insert("F2");
      if (step.kind == Kind::LimbScale) kinds.insert("F3");
      if (step.kind == Kind::RescaleInt) kinds.insert("I32");
      if (step.kind == Kind::LookUp) kinds.insert("LUT");
      if (step.kind == Kind::CountSpikes) kinds.insert("spikes");
      if (step.kind == Kind::TakeSpikes) kinds.insert("subtraction");
      if (step.kind == Kind::ResetSpiking) kinds.insert("reset");
      if (isThreshold(step.kind)) kinds.insert("thresholds");
    }
  }
  std::string text = std::string(name(arithmetic)) + (limbs ? " in pieces" : "");
  text += saturates ? ", saturating" : ", |sum| <= " + std::to_string(bound) + " < " + power(bound);
  if (anyWeights) text += " whatever is learned";
  text += ", epilogue";
  if (kinds.empty()) return text + " none";
  for (const std::string& kind : kinds) text += " " + kind;
  return text;
}

}  // namespace glint
