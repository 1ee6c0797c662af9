#include "nnets/passes/prove_rescale.h"

#include <cmath>

#include <doctest/doctest.h>

#include "core/fixed_point.h"
#include "core/random.h"
#include "nnets/graph/op_graph.h"

using namespace glint;
using Kind = EpilogueStep::Kind;

namespace {

/// Runs proven steps as a GPU would: highp float is binary32 and every result must be exact in it;
/// int wraps at 32 bits, which must never happen.
class Machine {
 public:
  explicit Machine(std::size_t channel) : k_(channel) {}

  std::int64_t run(const std::vector<ProvenStep>& steps, std::int64_t v, bool isInt) {
    isInt_ = isInt;
    a_ = static_cast<double>(v);
    for (const ProvenStep& step : steps) apply(step);
    return static_cast<std::int64_t>(a_);
  }

 private:
  double c(const ProvenStep& step, int i) const {
    return step.constants[static_cast<std::size_t>(i)][k_];
  }
  /// The result of one operation, which must be representable.
  double exact(double v) const {
    if (isInt_) {
      REQUIRE(std::abs(v) <= 2147483648.0);
    } else {
      REQUIRE(static_cast<double>(static_cast<float>(v)) == v);
    }
    return v;
  }
  void apply(const ProvenStep& s) {
    switch (s.kind) {
      case Kind::ClampFloat:
      case Kind::ClampInt:
        a_ = std::min(std::max(a_, exact(c(s, 0))), exact(c(s, 1)));
        break;
      case Kind::OffsetFloat:
      case Kind::OffsetInt:
        a_ = exact(a_ + exact(c(s, 0)));
        break;
      case Kind::ScaleFloor:
        a_ = std::floor(exact(exact(a_ * exact(c(s, 0))) + .5));
        break;
      case Kind::TwoLimbFloor: {
        const double h = std::floor(exact(a_ / 4096));
        const double l = exact(a_ - exact(h * 4096));
        const double low = std::floor(exact(exact(l * c(s, 0)) / 4096));
        a_ = std::floor(exact(exact(exact(exact(h * c(s, 0)) + low) + c(s, 1)) * c(s, 2)));
        break;
      }
      case Kind::JoinFloor: {  // a_ stands for both limbs
        const double high = std::floor(a_ / 4096);
        const double low = std::floor(exact(exact((a_ - high * 4096) * c(s, 0)) / 4096));
        a_ = std::floor(exact(exact(exact(exact(high * c(s, 0)) + low) + c(s, 1)) * c(s, 2)));
        break;
      }
      case Kind::StoreLimbs:
        FAIL("no part of a rescale");
        break;
      case Kind::LimbScale: {
        const double h = std::floor(exact(a_ / 4096));
        const double l = exact(a_ - exact(h * 4096));
        const double low = std::floor(exact(exact(l * exact(c(s, 1))) + .5));
        a_ = exact(exact(h * exact(c(s, 0))) + low);
        break;
      }
      case Kind::ToInt:
        isInt_ = true;
        break;
      case Kind::LookUp:
        FAIL("no part of a rescale");
        break;
      case Kind::RescaleInt: {
        const auto v = static_cast<std::int64_t>(exact(a_ * c(s, 0)));
        const auto r = static_cast<int>(c(s, 1)), r1 = static_cast<int>(c(s, 2));
        a_ = static_cast<double>((v >> r) + ((v >> r1) & static_cast<std::int64_t>(c(s, 3))));
        break;
      }
    }
  }
  std::size_t k_;
  bool isInt_ = false;
  double a_ = 0;
};

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
