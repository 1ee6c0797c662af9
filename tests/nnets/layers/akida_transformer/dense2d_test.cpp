#include "nnets/layers/akida_transformer/dense2d.h"

#include <doctest/doctest.h>

#include "tests/nnets/layer_fixture.h"

namespace glint::test {

TEST_CASE("Dense2D: one matrix for every position, with input shifts and bias") {
  const auto layer = make("Dense2D", R"("units": 2)");
  set(*layer, "weights", DType::I8, Shape{2, 2}, {1, 2, 3, -1});
  CHECK(evaluate(*layer, {s8(1, 2, 2)}, {{1, 2, 3, -1}}) == std::vector<int>{7, 0, 0, 7});
  set(*layer, "input_shift", DType::U8, Shape{2}, {1, 0});
  set(*layer, "bias", DType::I8, Shape{2}, {1, -1});
  set(*layer, "bias_shift", DType::U8, Shape{2}, {2, 0});
  CHECK(evaluate(*layer, {s8(2, 1, 2)}, {{1, 2, 3, -1}}) == std::vector<int>{12, 1, 7, 12});
}

TEST_CASE("Dense2D: shapes and errors") {
  const auto layer = make("Dense2D", R"("units": 5)");
  CHECK(typeOf(*layer, {s8(1, 4, 3)}).shape == Shape{1, 4, 5});
  CHECK(paramsError("Dense2D", "") ==
        "layer 'it' (Dense2D): parameter 'units' is missing; it has no default");
  CHECK(errorOf(*make("Dense2D", R"("units": 0)"), {s8(1, 1, 1)}) ==
        "units is 0, legal: 1 to 65536");
}

}  // namespace glint::test
