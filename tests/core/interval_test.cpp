#include "core/interval.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include <doctest/doctest.h>

#include "core/random.h"

namespace glint {
namespace {

__extension__ typedef __int128 Wide;  // -Wpedantic
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

std::int64_t clipped(Wide v) {
  const Wide limit = Wide{1} << 62;
  if (v > limit) return std::int64_t{1} << 62;
  if (v < -limit) return -(std::int64_t{1} << 62);
  return static_cast<std::int64_t>(v);
}

/// Of random magnitude, so that small and huge values are as frequent.
std::int64_t anyInteger(Random& random) {
  return static_cast<std::int64_t>(random.next()) >> (random.next() % 64);
}

Interval anyInterval(Random& random) {
  const std::int64_t a = clipped(anyInteger(random));
  const std::int64_t b = clipped(anyInteger(random));
  return {std::min(a, b), std::max(a, b)};
}

/// Some element of `interval`, often an end.
std::int64_t element(Random& random, Interval interval) {
  switch (random.next() % 4) {
    case 0:
      return interval.lo;
    case 1:
      return interval.hi;
    default:
      return clipped(Wide{interval.lo} +
                     static_cast<Wide>(random.next()) % (Wide{interval.hi} - interval.lo + 1));
  }
}

}  // namespace

TEST_CASE("ranges of integers") {
  CHECK(integerRange(8, true) == Interval{-128, 127});
  CHECK(integerRange(8, false) == Interval{0, 255});
  CHECK(integerRange(1, true) == Interval{-1, 0});
  CHECK(integerRange(1, false) == Interval{0, 1});
  CHECK(integerRange(62, true).hi == (std::int64_t{1} << 61) - 1);
  CHECK(integerRange(62, false).hi == Interval::kLimit - 1);
}

TEST_CASE("what an interval contains") {
  const Interval a{-3, 5};
  CHECK(a.contains(-3));
  CHECK(a.contains(5));
  CHECK_FALSE(a.contains(6));
  CHECK(a.contains(Interval{-3, 5}));
  CHECK_FALSE(a.contains(Interval{-4, 5}));
  CHECK_FALSE(a.contains(Interval{0, 6}));
  CHECK(a.magnitude() == 5);
  CHECK(Interval{-7, 5}.magnitude() == 7);
  CHECK(Interval{-7, -5}.magnitude() == 7);
  CHECK(Interval{2, 2}.isPoint());
  CHECK_FALSE(a.isPoint());
}

TEST_CASE("sums, products, clamp and hull by hand") {
  CHECK(Interval{-3, 5} + Interval{10, 20} == Interval{7, 25});
  CHECK(Interval{-3, 5} * 4 == Interval{-12, 20});
  CHECK(Interval{-3, 5} * -4 == Interval{-20, 12});
  CHECK(Interval{-3, 5} * 0 == Interval{0, 0});
  CHECK(clamp(Interval{-300, 50}, Interval{-128, 127}) == Interval{-128, 50});
  CHECK(clamp(Interval{200, 300}, Interval{-128, 127}) == Interval{127, 127});
  CHECK(hull(Interval{-3, 5}, Interval{10, 20}) == Interval{-3, 20});
}

TEST_CASE("the limit is where sums and products stop") {
  constexpr std::int64_t kLimit = Interval::kLimit;
  const Interval all{-kLimit, kLimit};
  CHECK(all + all == all);
  CHECK(all * kMost == all);
  CHECK(all * kLeast == all);
  CHECK(Interval{kLeast, kMost} + Interval{kLeast, kMost} == all);
  CHECK(Interval{kLeast, kMost} * kLeast == all);
  CHECK(Interval{kLimit, kLimit} + Interval{1, 1} == Interval{kLimit, kLimit});
}

TEST_CASE("sums and products equal the exact ones, clipped at the limit") {
  Random random(11);
  for (int i = 0; i < 20000; ++i) {
    const Interval a = anyInterval(random);
    const Interval b = anyInterval(random);
    const std::int64_t k = anyInteger(random);
    const Interval sum = a + b;
    REQUIRE(sum.lo == clipped(Wide{a.lo} + b.lo));
    REQUIRE(sum.hi == clipped(Wide{a.hi} + b.hi));
    const Interval product = a * k;
    REQUIRE(product.lo == clipped(std::min(Wide{a.lo} * k, Wide{a.hi} * k)));
    REQUIRE(product.hi == clipped(std::max(Wide{a.lo} * k, Wide{a.hi} * k)));
  }
}

TEST_CASE("results bound what their elements give") {
  Random random(12);
  for (int i = 0; i < 20000; ++i) {
    const Interval a = anyInterval(random);
    const Interval b = anyInterval(random);
    const std::int64_t k = anyInteger(random);
    const std::int64_t x = element(random, a);
    const std::int64_t y = element(random, b);
    REQUIRE(a.contains(x));
    REQUIRE((a + b).contains(clipped(Wide{x} + y)));
    REQUIRE((a * k).contains(clipped(Wide{x} * k)));
    REQUIRE(clamp(a, b).contains(std::clamp(x, b.lo, b.hi)));
    REQUIRE(hull(a, b).contains(x));
    REQUIRE(hull(a, b).contains(y));
    REQUIRE(a.magnitude() >= (x < 0 ? -x : x));
  }
}

}  // namespace glint
