// Proven steps of spiking neurons against their definition, on a machine that refuses inexact
// operations and rounds the guess of a quotient either way.

#include <doctest/doctest.h>

#include "core/random.h"
#include "nnets/passes/prove_steps.h"
#include "tests/nnets/passes/step_machine.h"
#include "tests/support/skip.h"

namespace glint::test {
namespace {

constexpr std::int64_t kMembrane = (std::int64_t{1} << 22) - 1;

void requireEqual(const std::vector<Step>& steps, const std::vector<ProvenStep>& proven,
                  std::int64_t v) {
  std::int64_t expected = v;
  for (const Step& step : steps) expected = apply(step, 0, expected);
  for (int nudge : {-1, 0, 1}) {
    CAPTURE(nudge);
    const std::int64_t got = Machine(0, nudge).run(proven, v, false);
    if (got != expected) REQUIRE(got == expected);
  }
}

/// Every multiple of the threshold in `range` and its neighbours, or a sample of them.
void check(const Step& step, std::int64_t threshold, Interval range) {
  CAPTURE(threshold);
  const std::vector<Step> steps{step};
  const auto proven =
      proveQuad(steps, {range}, 0, SumKind::Float, Storage::Int32, ArithmeticRules{});
  if (!proven.ok()) FAIL(proven.error().message);
  const Interval after = apply(step, 0, range);
  const std::int64_t most = range.hi / threshold;
  const std::int64_t stride = std::max<std::int64_t>(most / 400, 1);
  for (std::int64_t k = 0; k <= most; k += stride) {
    for (std::int64_t v : {k * threshold - 1, k * threshold, k * threshold + 1}) {
      if (!range.contains(v)) continue;
      CAPTURE(v);
      requireEqual(steps, *proven, v);
      REQUIRE(after.contains(apply(step, 0, v)));
    }
  }
  for (std::int64_t v : {range.lo, range.hi, std::clamp<std::int64_t>(-1, range.lo, range.hi)}) {
    requireEqual(steps, *proven, v);
  }
}

}  // namespace

TEST_CASE("spikes: every quotient is set right, at multiples of the threshold too") {
  for (std::int64_t threshold :
       {1, 2, 3, 5, 7, 64, 99, 103, 255, 299, 332, 1110, 32767, 65537, 1 << 20, 4194303}) {
    const SpikeStep any{threshold, 0};
    check(any, threshold, {-kMembrane - 1, kMembrane});
    check(SpikeStep{threshold, 3}, threshold, {-kMembrane - 1, kMembrane});
    check(MembraneStep{any, false, threshold}, threshold, {-kMembrane - 1, kMembrane});
    check(MembraneStep{{threshold, 1}, false, threshold}, threshold, {-kMembrane - 1, kMembrane});
    check(MembraneStep{any, true, -3}, threshold, {-kMembrane - 1, kMembrane});
  }
}

TEST_CASE("spikes: random thresholds and values") {
  Random random(7);
  for (int i = 0; i < 2000; ++i) {
    const std::int64_t threshold = random.between(1, 1 << random.between(1, 22));
    const std::vector<Step> steps{MembraneStep{{threshold, 0}, false, threshold}};
    const auto proven = proveQuad(steps, {{-kMembrane, kMembrane}}, 0, SumKind::Float,
                                  Storage::Int32, ArithmeticRules{});
    REQUIRE(proven.ok());
    for (int k = 0; k < 20; ++k) requireEqual(steps, *proven, random.between(-1000, kMembrane));
  }
}

TEST_CASE("spikes: the interval of what remains is that of its values") {
  Random random(9);
  for (int i = 0; i < 3000; ++i) {
    MembraneStep step{{random.between(1, 12), random.between(0, 3)},
                      random.between(0, 1) == 1,
                      random.between(-15, 15)};
    const std::int64_t lo = random.between(-30, 60);
    const Interval in{lo, lo + random.between(0, 60)};
    Interval all{apply(Step{step}, 0, in.lo), apply(Step{step}, 0, in.lo)};
    for (std::int64_t v = in.lo; v <= in.hi; ++v) {
      all = hull(all, {apply(Step{step}, 0, v), apply(Step{step}, 0, v)});
    }
    CAPTURE(step.spikes.threshold);
    CAPTURE(step.spikes.most);
    CAPTURE(step.toValue);
    CAPTURE(step.value);
    CAPTURE(in.lo);
    CAPTURE(in.hi);
    REQUIRE(apply(Step{step}, 0, in) == all);
  }
}

TEST_CASE("spikes: beyond a float there is no proof") {
  const auto refused = [](const Step& step, std::int64_t most) {
    return !proveQuad({step}, {{-most, most}}, 0, SumKind::Float, Storage::Int32, {}).ok();
  };
  CHECK(refused(SpikeStep{3, 0}, (1 << 24) - 3));
  CHECK(!refused(SpikeStep{3, 0}, (1 << 23)));
  CHECK(refused(MembraneStep{{1, 0}, false, 8}, 1 << 22));
  CHECK(refused(MembraneStep{{5, 0}, true, 1 << 23}, 1 << 23));
}

}  // namespace glint::test
