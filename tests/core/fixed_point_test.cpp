#include "core/fixed_point.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include <doctest/doctest.h>

#include "core/random.h"

namespace glint::fixed_point {
namespace {

__extension__ typedef __int128 Wide;  // -Wpedantic
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLimit = Interval::kLimit;
constexpr std::int64_t kEdges[] = {
    kLeast,      kLeast + 1, -kLimit - 1, -kLimit, -kLimit + 1, -4294967297, -4294967296,
    -2147483648, -257,       -256,        -129,    -128,        -5,          -4,
    -3,          -2,         -1,          0,       1,           2,           3,
    4,           5,          127,         128,     255,         256,         2147483647,
    kMost,       kMost - 1,  kLimit - 1,  kLimit,  kLimit + 1,  4294967295};

/// By division and remainder, one step of doubling at a time: shares nothing with rescale().
std::int64_t rescaleByDivision(std::int64_t v, int shift) {
  if (shift >= 0) {
    Wide result = v;
    for (int i = 0; i <= shift; ++i) {
      if (i > 0) result *= 2;
      if (result >= kLimit) return kLimit;
      if (result <= -kLimit) return -kLimit;
    }
    return static_cast<std::int64_t>(result);
  }
  Wide divisor = 1;
  for (int i = 0; i < std::min(-shift, 100); ++i) divisor *= 2;
  Wide quotient = v / divisor;
  Wide rest = v % divisor;
  if (rest < 0) {  // to the floor
    rest += divisor;
    quotient -= 1;
  }
  if (rest * 2 >= divisor) quotient += 1;
  return static_cast<std::int64_t>(quotient);
}

std::int64_t saturateByComparison(std::int64_t v, int bits, bool isSigned) {
  std::int64_t values = 1;
  for (int i = 0; i < bits; ++i) values *= 2;
  const std::int64_t lo = isSigned ? -values / 2 : 0;
  const std::int64_t hi = isSigned ? values / 2 - 1 : values - 1;
  if (v < lo) return lo;
  return v > hi ? hi : v;
}

std::int64_t anyInteger(Random& random) {
  return static_cast<std::int64_t>(random.next()) >> (random.next() % 64);
}

}  // namespace

TEST_CASE("halves round towards plus infinity") {
  CHECK(rescale(-5, -1) == -2);
  CHECK(rescale(-3, -1) == -1);
  CHECK(rescale(-1, -1) == 0);
  CHECK(rescale(1, -1) == 1);
  CHECK(rescale(3, -1) == 2);
  CHECK(rescale(5, -1) == 3);
  CHECK(rescale(-6, -2) == -1);
  CHECK(rescale(-7, -2) == -2);
  CHECK(rescale(6, -2) == 2);
  CHECK(rescale(5, -2) == 1);
}

TEST_CASE("shifts that no 32-bit shift could do") {
  for (const int shift : {32, 40, 62, 63}) {
    CAPTURE(shift);
    CHECK(rescale(0, shift) == 0);
    CHECK(rescale(0, -shift) == 0);
    CHECK(rescale(1, -shift) == 0);
    CHECK(rescale(-1, -shift) == 0);
    const std::int64_t half = std::int64_t{1} << (shift - 1);
    CHECK(rescale(half, -shift) == 1);
    CHECK(rescale(half - 1, -shift) == 0);
    CHECK(rescale(-half, -shift) == 0);
    CHECK(rescale(-half - 1, -shift) == -1);
  }
  CHECK(rescale(3, 32) == 12884901888);
  CHECK(rescale(-3, 40) == -3298534883328);
  CHECK(rescale(1, 62) == kLimit);
  CHECK(rescale(-1, 62) == -kLimit);
  CHECK(rescale(1, 63) == kLimit);
  CHECK(rescale(-1, 1000) == -kLimit);
  CHECK(rescale(kLeast, -64) == 0);
  CHECK(rescale(kMost, -64) == 0);
  CHECK(rescale(kLeast, -63) == -1);
  CHECK(rescale(kMost, -63) == 1);
  CHECK(rescale(kMost, -1000) == 0);
}

TEST_CASE("rescale on edges, every shift") {
  for (const std::int64_t v : kEdges) {
    for (int shift = -70; shift <= 70; ++shift) {
      CAPTURE(v);
      CAPTURE(shift);
      REQUIRE(rescale(v, shift) == rescaleByDivision(v, shift));
    }
  }
}

TEST_CASE("rescale at 12 bits, all values") {
  for (std::int64_t v = -2048; v < 2048; ++v) {
    for (int shift = -14; shift <= 4; ++shift) {
      REQUIRE(rescale(v, shift) == rescaleByDivision(v, shift));
    }
  }
}

TEST_CASE("rescale on random values") {
  Random random(21);
  for (int i = 0; i < 50000; ++i) {
    const std::int64_t v = anyInteger(random);
    const int shift = static_cast<int>(random.between(-70, 70));
    CAPTURE(v);
    CAPTURE(shift);
    REQUIRE(rescale(v, shift) == rescaleByDivision(v, shift));
  }
}

TEST_CASE("rescale is usable in constant expressions") {
  static_assert(rescale(-5, -1) == -2);
  static_assert(rescale(7, 3) == 56);
  static_assert(saturate(300, 8) == 127);
  CHECK(true);
}

TEST_CASE("saturation by hand") {
  CHECK(saturate(127, 8) == 127);
  CHECK(saturate(128, 8) == 127);
  CHECK(saturate(-128, 8) == -128);
  CHECK(saturate(-129, 8) == -128);
  CHECK(saturate(-1, 4, false) == 0);
  CHECK(saturate(15, 4, false) == 15);
  CHECK(saturate(16, 4, false) == 15);
  CHECK(saturate(5, 1) == 0);
  CHECK(saturate(-5, 1) == -1);
}

TEST_CASE("saturation on edges, every width") {
  for (int bits = 1; bits <= 62; ++bits) {
    for (const std::int64_t v : kEdges) {
      CAPTURE(bits);
      CAPTURE(v);
      REQUIRE(saturate(v, bits, true) == saturateByComparison(v, bits, true));
      REQUIRE(saturate(v, bits, false) == saturateByComparison(v, bits, false));
    }
  }
}

TEST_CASE("scaleOut by hand") {
  CHECK(scaleOut(100, 3, -2, 24, 8, true) == 75);
  CHECK(scaleOut(-5, 1, -1, 24, 8, true) == -2);
  CHECK(scaleOut(-5, 1, -1, 24, 8, false) == 0);
  CHECK(scaleOut(1000, 1, 0, 24, 8, true) == 127);
  CHECK(scaleOut(1000, 1, 0, 24, 8, false) == 255);
  // Saturates before the shift: 40000 -> 32767 -> 128, where 40000 -> 156 would be without.
  CHECK(scaleOut(20000, 2, -8, 16, 16, true) == 128);
  CHECK(scaleOut(kMost, 255, -62, 32, 8, true) == 0);
}

TEST_CASE("scaleOut is its three steps") {
  Random random(22);
  for (int i = 0; i < 20000; ++i) {
    const std::int64_t acc = anyInteger(random);
    const int scale = static_cast<int>(random.between(-255, 255));
    const int shift = static_cast<int>(random.between(-40, 40));
    const int postBits = static_cast<int>(random.between(8, 48));
    const int outBits = static_cast<int>(random.between(1, 32));
    const bool outSigned = random.next() % 2 == 0;
    const Wide product = std::clamp(Wide{acc} * scale, -Wide{kLimit}, Wide{kLimit});
    const std::int64_t post =
        saturateByComparison(static_cast<std::int64_t>(product), postBits, true);
    const std::int64_t expected =
        saturateByComparison(rescaleByDivision(post, shift), outBits, outSigned);
    REQUIRE(scaleOut(acc, scale, shift, postBits, outBits, outSigned) == expected);
  }
}

}  // namespace glint::fixed_point
