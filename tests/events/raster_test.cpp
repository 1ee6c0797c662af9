#include "events/raster.h"

#include <doctest/doctest.h>

#include "core/random.h"

namespace glint::events {
namespace {

/// [steps, rows, columns, features]
Tensor raster(const Shape& shape, const std::vector<std::int32_t>& counts) {
  return Tensor::of(shape, counts);
}

std::vector<Spike> spikes(const Tensor& counts, const RasterOptions& options = {}) {
  const auto result = spikesOf(counts, options);
  if (!result.ok()) FAIL(result.error().message);
  return *result;
}

}  // namespace

TEST_CASE("a count is as many spikes; the largest counts of a step come first") {
  // One row, two columns, two features; two steps.
  const Tensor counts = raster({2, 1, 2, 2}, {1, 2, 1, 0, 0, 0, 0, 3});
  const std::vector<Spike> expected{{5, 0, 0, 0, 1},   {5, 0, 0, 0, 1},    {5, 0, 0, 0, 0},
                                    {5, 0, 1, 0, 0},   {5, 1000, 1, 0, 1}, {5, 1000, 1, 0, 1},
                                    {5, 1000, 1, 0, 1}};
  CHECK(spikes(counts, {5}) == expected);
  // Cells of one count take turns.
  const std::vector<Spike> turns{
      {0, 0, 0, 0, 0}, {0, 0, 1, 0, 0}, {0, 0, 0, 0, 0}, {0, 0, 1, 0, 0}};
  CHECK(spikes(raster({1, 1, 2, 1}, {2, 2})) == turns);
}

TEST_CASE("truncated rasters give one spike a count, by feature, row and column") {
  const Tensor counts = raster({1, 2, 2, 2}, {4, 1, 0, 7, 9, 0, 0, 2});
  RasterOptions options;
  options.truncate = true;
  options.dt = 2e-3;
  options.delay = 0.25;
  const std::vector<Spike> expected{{0, 250000, 0, 0, 0},
                                    {0, 250000, 0, 1, 0},
                                    {0, 250000, 0, 0, 1},
                                    {0, 250000, 1, 0, 1},
                                    {0, 250000, 1, 1, 1}};
  CHECK(spikes(counts, options) == expected);
}

TEST_CASE("spikes and back are the raster, from its first spike on") {
  Random random(9);
  for (int round = 0; round < 20; ++round) {
    std::vector<std::int32_t> counts(5 * 3 * 4 * 2);
    for (std::int32_t& count : counts) {
      count = static_cast<std::int32_t>(std::max<std::int64_t>(0, random.between(-6, 3)));
    }
    counts[3] = 1;  // the first step
    counts.back() = 1;
    const Tensor before = raster({5, 3, 4, 2}, counts);
    const auto after = rasterOf(spikes(before, {0, 1e-3, false, 0.5}), 1e-3);
    REQUIRE(after.ok());
    CHECK(*after == before);
  }
}

TEST_CASE("rasters of a shape, of nothing, and what is refused") {
  const std::vector<Spike> two{{0, 700, 1, 0, 0}, {0, 2699, 0, 1, 0}};
  const auto small = rasterOf(two, 1e-3);
  REQUIRE(small.ok());
  CHECK(*small == raster({2, 2, 2, 1}, {0, 1, 0, 0, 0, 0, 1, 0}));
  CHECK(rasterOf(two, 1e-3, RasterShape{2, 2, 3})->shape() == Shape{2, 2, 2, 3});
  CHECK(rasterOf({}, 1e-3, RasterShape{2, 2, 3})->shape() == Shape{0, 2, 2, 3});
  CHECK(rasterOf(two, 1e-3, RasterShape{1, 2, 1}).error().message.find("outside [1, 2, 1]") !=
        std::string::npos);
  const std::vector<Spike> back{two[1], two[0]};
  CHECK(rasterOf(back, 1e-3).error().code == Errc::Value);
  CHECK_FALSE(rasterOf(two, 0).ok());
  CHECK_FALSE(rasterOf(two, 1e-18).ok());
  CHECK_FALSE(spikesOf(raster({1, 1, 1, 1}, {-1})).ok());
  CHECK_FALSE(spikesOf(raster({1, 1, 1}, {1})).ok());
  CHECK_FALSE(spikesOf(raster({1, 1, 1, 1}, {1}), {0, 1e-3, false, -1}).ok());
}

TEST_CASE("events as spikes") {
  const std::vector<Event> events{{100, 1, 2, true}, {150, 3, 4, false}, {90, 0, 0, true}};
  CHECK(spikesOf(events, 7) ==
        std::vector<Spike>{{7, 100, 1, 2, 1}, {7, 150, 3, 4, 0}, {7, 90, 0, 0, 1}});
  CHECK(spikesOf(events, 7, true) ==
        std::vector<Spike>{{7, 10, 1, 2, 1}, {7, 60, 3, 4, 0}, {7, 0, 0, 0, 1}});
}

}  // namespace glint::events
