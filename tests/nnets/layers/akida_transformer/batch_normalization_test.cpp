#include "nnets/layers/akida_transformer/batch_normalization.h"

#include <doctest/doctest.h>

#include "tests/nnets/layer_fixture.h"

namespace glint::test {

TEST_CASE("BatchNormalization: a factor and an offset for each channel") {
  const auto layer = make("BatchNormalization");
  set(*layer, "a", DType::I8, Shape{2}, {5, -2});
  set(*layer, "b", DType::I8, Shape{2}, {1, 3});
  set(*layer, "b_shift", DType::U8, Shape{2}, {2, 0});
  set(*layer, "input_shift", DType::U8, Shape{2}, {1, 0});
  CHECK(evaluate(*layer, {s8(1, 1, 2)}, {{2, -3}}) == std::vector<int>{24, 9});
}

TEST_CASE("BatchNormalization: products saturate to buffer_bits, ReLU to its bound") {
  const auto layer =
      make("BatchNormalization", R"("buffer_bits": 10, "output_bits": 10, "activation": true)");
  set(*layer, "a", DType::I8, Shape{1}, {100});
  CHECK(evaluate(*layer, {s8(1, 3, 1)}, {{9, 3, -9}}) == std::vector<int>{511, 300, 0});
  set(*layer, "max_value", DType::U8, Shape{1}, {40});
  set(*layer, "max_value_shift", DType::U8, Shape{1}, {2});
  CHECK(evaluate(*layer, {s8(1, 2, 1)}, {{9, 1}}) == std::vector<int>{160, 100});
}

TEST_CASE("BatchNormalization: a is required, LUT is not known") {
  CHECK(holds(errorOf(*make("BatchNormalization"), {s8(1, 1, 2)}), {"'a'", "missing"}));
  CHECK(holds(errorOf(*make("BatchNormalization", R"("activation": "LUT")"), {s8(1, 1, 1)}),
              {"activation is LUT"}));
}

}  // namespace glint::test
