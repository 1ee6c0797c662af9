#include "nnets/layers/akida_v2/add.h"

#include <doctest/doctest.h>

#include "tests/nnets/layer_fixture.h"

namespace glint::test {

TEST_CASE("Add: plain sum that saturates to output_bits") {
  const auto layer = make("Add");
  CHECK(evaluate(*layer, {s8(1, 1, 3), s8(1, 1, 3)}, {{1, 100, -100}, {2, 100, -100}}) ==
        std::vector<int>{3, 127, -128});
}

TEST_CASE("Add: shifts by channel, rounding half up") {
  const auto layer = make("Add");
  set(*layer, "a_shift", DType::U8, Shape{2}, {0, 2});
  set(*layer, "b_shift", DType::U8, Shape{2}, {1, 0});
  set(*layer, "output_shift", DType::I8, Shape{2}, {-1, 1});
  // (3 + 2*1) / 2 = 2.5 -> 3, (-3 - 2*1) / 2 = -2.5 -> -2; (4*5 + 1) * 2 = 42
  CHECK(evaluate(*layer, {s8(1, 2, 2), s8(1, 2, 2)}, {{3, 5, -3, 5}, {1, 1, -1, 1}}) ==
        std::vector<int>{3, 42, -2, 42});
}

TEST_CASE("Add: shifted inputs and their sum saturate to buffer_bits") {
  const auto layer = make("Add", R"("buffer_bits": 8, "output_bits": 16)");
  set(*layer, "a_shift", DType::U8, Shape{1}, {4});
  CHECK(evaluate(*layer, {s8(1, 2, 1), s8(1, 2, 1)}, {{100, 100}, {-27, 5}}) ==
        std::vector<int>{100, 127});
}

TEST_CASE("Add: ReLU, unsigned below 8 bits") {
  const auto layer = make("Add", R"("activation": true, "output_bits": 4)");
  CHECK_FALSE(typeOf(*layer, {s8(1, 1, 1), s8(1, 1, 1)}).isSigned);
  CHECK(evaluate(*layer, {s8(1, 3, 1), s8(1, 3, 1)}, {{-9, 9, 9}, {1, 5, 9}}) ==
        std::vector<int>{0, 14, 15});
}

TEST_CASE("Add: two inputs of one shape") {
  CHECK(make("Add")->arity().least == 2);
  CHECK(make("Add")->arity().most == 2);
  CHECK(errorOf(*make("Add"), {s8(1, 2, 3), s8(1, 2, 4)}) ==
        "the inputs have shapes [1, 2, 3] and [1, 2, 4], legal: equal ones");
  CHECK(holds(errorOf(*make("Add", R"("activation": "LUT")"), {s8(1, 1, 1), s8(1, 1, 1)}),
              {"activation is LUT"}));
  CHECK(errorOf(*make("Add", R"("output_bits": 33)"), {s8(1, 1, 1), s8(1, 1, 1)}) ==
        "output_bits is 33, legal: 1 to 32");
  const TensorType real{Shape{1, 1, 1}, 32, true, true};
  CHECK(holds(errorOf(*make("Add"), {real, real}), {"float32", "integers"}));
}

}  // namespace glint::test
