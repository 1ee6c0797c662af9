#include "nnets/passes/prove_rescale.h"

#include <doctest/doctest.h>

#include "core/fixed_point.h"
#include "core/random.h"
#include "nnets/graph/op_graph.h"
#include "tests/nnets/passes/step_machine.h"

using namespace glint;
using test::Machine;
using Kind = EpilogueStep::Kind;

namespace {

std::int64_t definition(const RescaleChannel& c, int postBits, Interval out, std::int64_t v) {
  const RescaleStep step{{c.scale}, {c.shift}, postBits, out};
  return apply(Step(step), 0, std::clamp(v, c.clampedTo.lo, c.clampedTo.hi));
}

/// Values worth trying: ends, the surroundings of every change near them, and random ones.
std::vector<std::int64_t> samples(Interval in, Random& random) {
  std::vector<std::int64_t> v;
  for (std::int64_t d = 0; d < 64; ++d) {
    for (std::int64_t x : {in.lo + d, in.hi - d, d - 32}) {
      if (in.contains(x)) v.push_back(x);
    }
  }
  for (int i = 0; i < 200; ++i) v.push_back(random.between(in.lo, in.hi));
  return v;
}

}  // namespace

TEST_CASE("every form equals the definition on random channels") {
  Random random(7);
  int proven = 0, forms[4] = {};
  for (int trial = 0; trial < 3000; ++trial) {
    // Wide outputs without integers are what F3 is for.
    const bool wide = random.between(0, 2) == 0;
    const bool isInt = !wide && random.between(0, 2) == 0;
    const ArithmeticRules rules{isInt || random.between(0, wide ? 3 : 1) == 0, 24};
    const int bits = static_cast<int>(random.between(1, isInt ? 31 : 24));
    const std::int64_t top = (std::int64_t{1} << bits) - 1;
    const int outBits = static_cast<int>(random.between(2, wide ? 30 : 8));
    const bool outSigned = random.between(0, 1) == 1;
    const bool relu = random.between(0, 1) == 1;
    const int postBits = random.between(0, 9) == 0 ? 20 : 32;
    std::vector<RescaleChannel> quad;
    const int baseShift = static_cast<int>(random.between(wide ? -14 : -30, 4));
    for (int k = 0; k < 4; ++k) {
      RescaleChannel c;
      c.in = {-random.between(0, top), random.between(0, top)};
      c.clampedTo = relu ? Interval{0, random.between(0, top)} : c.in;
      c.scale = static_cast<int>(random.between(0, 255));
      c.shift = baseShift + static_cast<int>(random.between(-1, 1));
      quad.push_back(c);
    }
    const Interval out = integerRange(outBits, outSigned);
    const auto steps = proveRescale(quad, postBits, out, isInt, rules);
    if (!steps.ok()) continue;
    ++proven;
    for (const ProvenStep& s : *steps) {
      forms[0] += s.kind == Kind::ScaleFloor;
      forms[1] += s.kind == Kind::TwoLimbFloor;
      forms[2] += s.kind == Kind::RescaleInt;
      forms[3] += s.kind == Kind::LimbScale;
    }
    for (std::size_t k = 0; k < 4; ++k) {
      for (std::int64_t v : samples(quad[k].in, random)) {
        REQUIRE(Machine(k).run(*steps, v, isInt) == definition(quad[k], postBits, out, v));
      }
    }
  }
  CHECK(proven > 1500);
  for (int form : forms) CHECK(form > 50);
}

TEST_CASE("a sum in two limbs equals the definition, far beyond 2^24") {
  Random random(11);
  int proven = 0;
  for (int trial = 0; trial < 1000; ++trial) {
    const std::int64_t top = (std::int64_t{1} << random.between(24, 35)) - 1;
    const int baseShift = static_cast<int>(random.between(-36, -12));
    std::vector<RescaleChannel> quad;
    for (int k = 0; k < 4; ++k) {
      RescaleChannel c;
      c.in = {-random.between(0, top), random.between(0, top)};
      c.clampedTo = random.between(0, 1) == 1 ? Interval{0, top} : integerRange(28, true);
      c.scale = static_cast<int>(random.between(0, 255));
      c.shift = baseShift + static_cast<int>(random.between(-1, 1));
      quad.push_back(c);
    }
    const Interval out = integerRange(8, random.between(0, 1) == 1);
    const auto steps = proveLimbRescale(quad, 32, out, {});
    if (!steps.ok()) continue;
    ++proven;
    for (std::size_t k = 0; k < 4; ++k) {
      for (std::int64_t v : samples(quad[k].in, random)) {
        REQUIRE(Machine(k).run(*steps, v, false) == definition(quad[k], 32, out, v));
      }
    }
  }
  CHECK(proven > 300);
}

TEST_CASE("ties round towards plus infinity in every form") {
  const std::vector<RescaleChannel> small(4, {{-64, 64}, {-64, 64}, 1, -2});
  const std::vector<RescaleChannel> wide(4,
                                         {{-(1 << 20), 1 << 20}, {-(1 << 20), 1 << 20}, 64, -20});
  const Interval out = integerRange(8, true);
  const auto f1 = proveRescale(small, 32, out, false, {});
  const auto f2 = proveRescale(wide, 32, out, false, {});
  const auto i32 = proveRescale(wide, 32, out, true, {});
  REQUIRE(f1.ok());
  REQUIRE(f2.ok());
  REQUIRE(i32.ok());
  CHECK(f1->front().kind == Kind::ScaleFloor);
  CHECK(f2->front().kind == Kind::TwoLimbFloor);
  CHECK(Machine(0).run(*f1, -6, false) == -1);  // -1.5 -> -1
  CHECK(Machine(0).run(*f1, 6, false) == 2);
  CHECK(Machine(0).run(*f2, -(3 << 13), false) == -1);
  CHECK(Machine(0).run(*f2, 3 << 13, false) == 2);
  CHECK(Machine(0).run(*i32, -(3 << 13), true) == -1);
  CHECK(Machine(0).run(*i32, 3 << 13, true) == 2);
}

TEST_CASE("a half is only added where it can be represented") {
  // 2^23 + 1 and .5 do not fit 24 bits together: F1 would round the sum to an even number.
  const std::int64_t top = (1 << 23) + 1;
  const std::vector<RescaleChannel> quad(4, {{0, top}, {0, top}, 1, 0});
  const auto steps = proveRescale(quad, 32, integerRange(28, true), false, {});
  REQUIRE(steps.ok());
  CHECK(Machine(0).run(*steps, top, false) == top);
}

TEST_CASE("what no form computes exactly is refused") {
  // Without integers, a result beyond 2^24 has no exact float form.
  const std::vector<RescaleChannel> quad(4,
                                         {{-(1 << 20), 1 << 20}, {-(1 << 20), 1 << 20}, 255, -3});
  const auto refused = proveRescale(quad, 32, integerRange(32, true), false, {false, 24});
  REQUIRE(!refused.ok());
  CHECK(refused.error().code == Errc::Unsupported);
}
