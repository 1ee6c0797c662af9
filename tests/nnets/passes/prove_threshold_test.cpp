#include <map>

#include <doctest/doctest.h>

#include "core/random.h"
#include "tests/nnets/passes/step_machine.h"

using namespace glint;
using Kind = EpilogueStep::Kind;

namespace {

constexpr std::int64_t kFloatTop = (std::int64_t{1} << 24) - 1;
constexpr std::int64_t kIntTop = (std::int64_t{1} << 31) - 1;

/// Weights of 0 or 1 inputs that add up to `sum`, none of them large.
void addWeights(SumInput& input, std::size_t row, std::size_t c, std::size_t channels,
                std::int64_t sum) {
  for (std::int64_t left = std::abs(sum); left > 0; ++row) {
    const std::int64_t weight = std::min(left, std::int64_t{1} << 22);
    input.weights[row * channels + c] = sum < 0 ? -weight : weight;
    left -= weight;
  }
}

/// One op whose sums have these intervals: what is negative comes from the first half of the
/// inputs.
OpGraph graphOf(const std::vector<Interval>& ranges, std::vector<Step> steps) {
  constexpr std::size_t kHalf = 512;
  OpGraph graph;
  graph.values.resize(2);
  graph.values[0].type = {Shape{1, 1, 2 * kHalf}, 1, false, false};
  graph.values[1].type = {Shape{1, 1, static_cast<std::int64_t>(ranges.size())}, 4, false, false};
  for (Value& value : graph.values) {
    const auto channels = static_cast<std::size_t>(value.type.channels());
    value.fill.assign(channels, 0);
    value.range.assign(channels, value.type.range());
  }
  SumInput input;
  input.value = 0;
  input.weights.assign(2 * kHalf * ranges.size(), 0);
  for (std::size_t c = 0; c < ranges.size(); ++c) {
    addWeights(input, 0, c, ranges.size(), ranges[c].lo);
    addWeights(input, kHalf, c, ranges.size(), ranges[c].hi);
  }
  Op op;
  op.inputs.push_back(input);
  op.steps = std::move(steps);
  op.output = 1;
  graph.ops.push_back(op);
  return graph;
}

/// What the program hands to the first step: a sum in limbs is joined unless the step takes them.
std::int64_t joined(const Proof& proof, const std::vector<ProvenStep>& steps, std::int64_t v) {
  if (!proof.limbs || takesLimbs(steps.front().kind)) return v;
  const std::int64_t low = ((v % 4096) + 4096) % 4096;
  return std::clamp<std::int64_t>((v - low) / 4096, -4095, 4095) * 4096 + low;
}

std::int64_t definition(const std::vector<Step>& steps, std::size_t c, std::int64_t v) {
  for (const Step& step : steps) v = apply(step, c, v);
  return v;
}

/// A bound inside the interval, at or near its ends, or far outside.
std::int64_t someBound(Interval in, Random& random) {
  switch (random.between(0, 5)) {
    case 0:
      return in.lo + random.between(-1, 1);
    case 1:
      return in.hi + random.between(-1, 1);
    case 2:
      return random.between(0, 1) == 0 ? -Interval::kLimit : Interval::kLimit;
    default:
      return random.between(in.lo, in.hi);
  }
}

ThresholdStep someThresholds(const std::vector<Interval>& ranges, Random& random) {
  ThresholdStep step;
  step.bounds.resize(static_cast<std::size_t>(random.between(1, 15)));
  for (std::size_t c = 0; c < ranges.size(); ++c) {
    std::vector<std::int64_t> bounds(step.bounds.size());
    for (std::int64_t& bound : bounds) bound = someBound(ranges[c], random);
    std::sort(bounds.begin(), bounds.end());
    for (std::size_t k = 0; k < bounds.size(); ++k) step.bounds[k].push_back(bounds[k]);
  }
  return step;
}

/// Everything near a bound or an end of the interval, and random values.
std::vector<std::int64_t> samples(const ThresholdStep& step, std::size_t c, Interval in,
                                  Random& random) {
  std::vector<std::int64_t> near{in.lo, in.hi};
  for (const std::vector<std::int64_t>& bounds : step.bounds) near.push_back(bounds[c]);
  std::vector<std::int64_t> values;
  for (const std::int64_t center : near) {
    for (std::int64_t d = -2; d <= 2; ++d) {
      if (in.contains(center + d)) values.push_back(center + d);
    }
  }
  for (int i = 0; i < 20; ++i) values.push_back(random.between(in.lo, in.hi));
  return values;
}

}  // namespace

TEST_CASE("thresholds count exactly in every arithmetic, whatever the bounds") {
  const ArithmeticRules all[] = {{true, 24, true}, {true, 24, false}, {false, 24, true}};
  Random random(5);
  std::map<Kind, int> kinds;
  int joins = 0;
  for (int trial = 0; trial < 600; ++trial) {
    const std::int64_t top = trial % 3 == 0   ? kIntTop
                             : trial % 3 == 1 ? kFloatTop
                                              : random.between(1, 5000);
    std::vector<Interval> ranges;
    for (std::int64_t c = random.between(1, 6); c > 0; --c) {
      const std::int64_t below = random.between(0, top);
      ranges.push_back({-below, top - below});
    }
    // Bounds near 0 let a sum in limbs be joined.
    std::vector<Interval> around = ranges;
    if (trial % 2 == 0) {
      for (Interval& r : around) r = clamp(r, {-5000000, 5000000});
    }
    const ThresholdStep step = someThresholds(around, random);
    const OpGraph graph = graphOf(ranges, {step});
    const ArithmeticRules& rules = all[random.between(0, 2)];
    const auto proof = prove(graph, graph.ops[0], rules);
    if (!proof.ok()) FAIL(proof.error().message);
    const bool isInt = proof->arithmetic == Arithmetic::Int32;
    CHECK(isInt == (top > kFloatTop && !rules.limbs));
    CHECK(proof->limbs == (top > kFloatTop && rules.limbs));
    CHECK(proof->describe().find("thresholds") != std::string::npos);
    for (std::size_t c = 0; c < ranges.size(); ++c) {
      const std::vector<ProvenStep>& steps = proof->quads[c / 4];
      REQUIRE(steps.size() == 1);
      ++kinds[steps[0].kind];
      joins += proof->limbs && steps[0].kind == Kind::ThresholdFloat;
      for (const std::int64_t v : samples(step, c, ranges[c], random)) {
        REQUIRE(test::Machine(c % 4).run(steps, joined(*proof, steps, v), isInt) ==
                definition({step}, c, v));
      }
    }
  }
  CHECK(kinds[Kind::ThresholdFloat] > 500);
  CHECK(kinds[Kind::ThresholdInt] > 100);
  CHECK(kinds[Kind::ThresholdLimbs] > 100);
  CHECK(joins > 50);
}

TEST_CASE("thresholds follow other steps, and take in a clamp right before them") {
  Random random(6);
  const ClampStep clampStep{std::vector<std::int64_t>(4, -50), std::vector<std::int64_t>(4, 60)};
  const OffsetStep offset{{1, -2, 3, -4}};
  const std::vector<Interval> reached(4, {-54, 63});
  for (const std::int64_t top : {std::int64_t{100000}, kIntTop / 2}) {
    const std::vector<Interval> ranges(4, {-top, top});
    for (const bool clampLast : {false, true}) {
      const ThresholdStep step = someThresholds(reached, random);
      const std::vector<Step> steps = clampLast ? std::vector<Step>{offset, clampStep, step}
                                                : std::vector<Step>{clampStep, offset, step};
      const OpGraph graph = graphOf(ranges, steps);
      const auto proof = prove(graph, graph.ops[0], {});
      if (!proof.ok()) FAIL(proof.error().message);
      for (const ProvenStep& proven : proof->quads[0]) {
        const bool clamps = proven.kind == Kind::ClampFloat || proven.kind == Kind::ClampInt;
        CHECK((!clampLast || !clamps));
      }
      for (std::size_t c = 0; c < 4; ++c) {
        for (std::int64_t v = -120; v <= 120; ++v) {
          const std::int64_t sum = joined(*proof, proof->quads[0], v + proof->init[c]);
          REQUIRE(test::Machine(c).run(proof->quads[0], sum, false) == definition(steps, c, v));
        }
      }
    }
  }
}

TEST_CASE("without integers or limbs, sums beyond 2^24 are refused") {
  const ThresholdStep step{{{0}}};
  const ArithmeticRules floats{false, 24, false};
  const OpGraph small = graphOf({{-kFloatTop, 0}}, {step});
  CHECK(prove(small, small.ops[0], floats).ok());
  const OpGraph large = graphOf({{-kFloatTop - 1, 0}}, {step});
  const auto refused = prove(large, large.ops[0], floats);
  REQUIRE(!refused.ok());
  CHECK(refused.error().code == Errc::Unsupported);
}
