#include "nnets/layers/dynapcnn/dvs_layer.h"

#include <string>

#include <doctest/doctest.h>

#include "tests/nnets/layer_fixture.h"

namespace glint::test {
namespace {

using Ints = std::vector<int>;

std::unique_ptr<Layer> dvs(const std::string& params) { return make("dynapcnn.DVSLayer", params); }

// Two rows, three columns, two polarities.
const std::vector<TensorType> kFrame{u8(2, 3, 2)};
const Ints kCounts{1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60};

}  // namespace

TEST_CASE("DVSLayer: merges, pools, crops") {
  CHECK(evaluate(*dvs(""), kFrame, {kCounts}) == kCounts);
  CHECK(evaluate(*dvs(R"("merge_polarities": true)"), kFrame, {kCounts}) ==
        Ints{11, 22, 33, 44, 55, 66});
  CHECK(evaluate(*dvs(R"("pool": [2, 2])"), kFrame, {kCounts}) == Ints{12, 120});
  // Rows 1 to 2, columns 1 to 3: ends are excluded.
  CHECK(evaluate(*dvs(R"("crop": [1, 2, 1, 3])"), kFrame, {kCounts}) == Ints{5, 50, 6, 60});
  CHECK(typeOf(*dvs(R"("merge_polarities": true, "pool": [2, 2])"), kFrame) ==
        unsignedOf(11, 1, 1, 1));
}

TEST_CASE("DVSLayer: flips columns, flips rows, then swaps both") {
  const std::string merged = R"("merge_polarities": true, )";
  CHECK(evaluate(*dvs(merged + R"("flip_x": true)"), kFrame, {kCounts}) ==
        Ints{33, 22, 11, 66, 55, 44});
  CHECK(evaluate(*dvs(merged + R"("flip_y": true)"), kFrame, {kCounts}) ==
        Ints{44, 55, 66, 11, 22, 33});
  const auto swapped = dvs(merged + R"("swap_xy": true, "flip_x": true)");
  CHECK(typeOf(*swapped, kFrame).shape == Shape{3, 2, 1});
  CHECK(evaluate(*swapped, kFrame, {kCounts}) == Ints{33, 66, 22, 55, 11, 44});
}

TEST_CASE("DVSLayer: illegal crops are named") {
  CHECK(errorOf(*dvs(R"("crop": [0, 3, 0, 1])"), kFrame) ==
        "crop is rows 0 to 3, columns 0 to 1, legal: some of 2 rows and 3 columns");
  CHECK(errorOf(*dvs(R"("crop": [1, 1, 0, 1])"), kFrame).find("rows 1 to 1") != std::string::npos);
  CHECK(errorOf(*dvs(R"("crop": [1])"), kFrame) ==
        "crop has 1 numbers, legal: [top, bottom, left, right]");
  CHECK(errorOf(*dvs(R"("pool": [3, 1])"), kFrame) ==
        "pool is [3, 1] over [2, 3, 2], legal: at most its rows and columns");
}

}  // namespace glint::test
