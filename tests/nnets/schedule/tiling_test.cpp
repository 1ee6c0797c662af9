#include "nnets/schedule/tiling.h"

#include <doctest/doctest.h>

using namespace glint;

namespace {

/// Every output position is kept once, from a crop that holds all it depends on.
void checkCover(const AxisReach& reach, std::int64_t extent, std::int64_t out, std::int64_t limit) {
  const auto crops = cropAxis(reach, extent, out, limit);
  REQUIRE(crops.ok());
  std::int64_t done = 0;
  for (const CropAxis& crop : *crops) {
    REQUIRE(crop.extent <= limit);
    REQUIRE(crop.begin % reach.period == 0);
    REQUIRE((extent - crop.extent) % reach.period == 0);
    REQUIRE(crop.begin + crop.extent <= extent);
    REQUIRE(crop.outBegin == done);
    REQUIRE(crop.keepExtent > 0);
    REQUIRE(crop.keepBegin == crop.outBegin - crop.begin * reach.stepDen / reach.stepNum);
    const std::int64_t first = crop.outBegin * reach.stepNum / reach.stepDen - reach.before;
    const std::int64_t last =
        (crop.outBegin + crop.keepExtent - 1) * reach.stepNum / reach.stepDen + reach.after;
    REQUIRE((crop.begin == 0 || first >= crop.begin));
    REQUIRE((crop.begin + crop.extent == extent || last < crop.begin + crop.extent));
    done += crop.keepExtent;
  }
  REQUIRE(done == out);
}

}  // namespace

TEST_CASE("crops cover an axis once, each with its halo") {
  for (std::int64_t extent : {17, 64, 100, 101, 333}) {
    for (std::int64_t limit : {40, 41, 64, 99, 500}) {
      checkCover({1, 1, 3, 3, 1}, extent, extent, limit);
      checkCover({1, 2, 4, 3, 1}, extent, 2 * extent, limit);        // doubles the map
      checkCover({2, 1, 5, 6, 2}, extent, (extent + 1) / 2, limit);  // halves it
      checkCover({4, 1, 9, 9, 8}, extent, (extent + 3) / 4, limit);
    }
  }
}

TEST_CASE("a limit below the reach is refused, naming both") {
  const auto refused = cropAxis({1, 1, 20, 20, 1}, 100, 100, 40);
  REQUIRE(!refused.ok());
  CHECK(refused.error().code == Errc::Value);
  CHECK(refused.error().message.find("41") != std::string::npos);
}
