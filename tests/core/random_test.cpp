#include "core/random.h"

#include <array>
#include <cstdint>
#include <limits>

#include <doctest/doctest.h>

namespace glint {

TEST_CASE("the sequence is that of SplitMix64") {
  constexpr std::array<std::uint64_t, 5> kExpected = {6457827717110365317u, 3203168211198807973u,
                                                      9817491932198370423u, 4593380528125082431u,
                                                      16408922859458223821u};
  Random random(1234567);
  for (const std::uint64_t expected : kExpected) CHECK(random.next() == expected);
}

TEST_CASE("between() reaches both ends and nothing else") {
  Random random(1);
  std::array<int, 5> seen{};
  for (int i = 0; i < 1000; ++i) {
    const std::int64_t v = random.between(-2, 2);
    REQUIRE(v >= -2);
    REQUIRE(v <= 2);
    ++seen[static_cast<std::size_t>(v + 2)];
  }
  for (const int count : seen) CHECK(count > 100);
}

TEST_CASE("between() of a point is the point") {
  Random random(2);
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  CHECK(random.between(kMost, kMost) == kMost);
  CHECK(random.between(-7, -7) == -7);
}

}  // namespace glint
