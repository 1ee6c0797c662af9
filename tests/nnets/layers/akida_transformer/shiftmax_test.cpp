#include "nnets/layers/akida_transformer/shiftmax.h"

#include <doctest/doctest.h>

#include "tests/nnets/layer_fixture.h"

namespace glint::test {

TEST_CASE("Shiftmax: powers of two by the nearest power of two of their sum") {
  const auto layer = make("Shiftmax", R"("output_bits": 4)");
  // 64 + 32 + 8 = 104, nearer to 128 by its logarithm
  CHECK(evaluate(*layer, {s8(1, 1, 3)}, {{5, 4, 2}}) == std::vector<int>{4, 2, 0});
  // sqrt(2) * 64 = 90.5: 90 goes down, 91 up
  CHECK(evaluate(*layer, {s8(1, 1, 4)}, {{0, -2, -3, -5}}) == std::vector<int>{8, 2, 1, 0});
  CHECK(evaluate(*layer, {s8(1, 1, 5)}, {{0, -2, -3, -5, -6}}) == std::vector<int>{4, 1, 0, 0, 0});
  // more than 2 E below the maximum
  CHECK(evaluate(*layer, {s8(1, 1, 2)}, {{7, 0}}) == std::vector<int>{8, 0});
}

TEST_CASE("Shiftmax: the input is shifted and rounded down") {
  const auto layer = make("Shiftmax", R"("output_bits": 4)");
  set(*layer, "input_shift", DType::U8, Shape{2}, {1, 1});
  CHECK(evaluate(*layer, {s8(1, 1, 2)}, {{-3, -1}}) == std::vector<int>{2, 4});
  set(*layer, "input_shift", DType::U8, Shape{2}, {255, 255});
  CHECK(evaluate(*layer, {s8(1, 1, 2)}, {{-3, 4}}) == std::vector<int>{2, 4});
}

TEST_CASE("Shiftmax: the sum saturates to buffer_bits") {
  const auto layer = make("Shiftmax", R"("output_bits": 4, "buffer_bits": 8)");
  CHECK(evaluate(*layer, {s8(1, 1, 6)}, {{1, 1, 1, 1, 1, 1}}) ==
        std::vector<int>{4, 4, 4, 4, 4, 4});
}

TEST_CASE("Shiftmax: int32 comes out, and widths go together") {
  CHECK(typeOf(*make("Shiftmax"), {s8(2, 3, 4)}) == TensorType{Shape{2, 3, 4}, 32, true, false});
  CHECK(errorOf(*make("Shiftmax", R"("output_bits": 7, "buffer_bits": 12)"), {s8(1, 1, 1)}) ==
        "output_bits is 7, legal: 1 to 6");
  CHECK(errorOf(*make("Shiftmax", R"("buffer_bits": 40)"), {s8(1, 1, 1)}) ==
        "buffer_bits is 40, legal: 2 to 32");
}

}  // namespace glint::test
