#include "nnets/layers/akida_transformer/stem.h"

#include <doctest/doctest.h>

#include "tests/nnets/layer_fixture.h"

namespace glint::test {

TEST_CASE("Stem: tokens in front, patches row by row, then positions") {
  const auto layer = make("Stem", R"("input_shape": [2, 2, 1], "filters": 1, "kernel_size": 1,
                                     "num_non_patch_tokens": 1)");
  set(*layer, "weights", DType::I8, Shape{1, 1, 1, 1}, {2});
  set(*layer, "bias", DType::I8, Shape{1}, {1});
  set(*layer, "tokens", DType::I8, Shape{1, 1}, {5});
  set(*layer, "tokens_shift", DType::U8, Shape{1, 1}, {1});
  set(*layer, "pos_embedding", DType::I8, Shape{5, 1}, {1, 2, 3, 4, 5});
  CHECK(evaluate(*layer, {u8(2, 2, 1)}, {{10, 20, 30, 40}}) ==
        std::vector<int>{11, 23, 44, 65, 86});
  set(*layer, "pos_embs_shift", DType::U8, Shape{1}, {1});
  set(*layer, "output_scales", DType::U8, Shape{1}, {3});
  set(*layer, "output_shift", DType::I8, Shape{1}, {-1});
  CHECK(evaluate(*layer, {u8(2, 2, 1)}, {{0, 1, 2, 3}}) == std::vector<int>{18, 8, 14, 20, 26});
}

TEST_CASE("Stem: a cross-correlation whose windows do not overlap") {
  const auto layer = make("Stem", R"("input_shape": [2, 2, 1], "filters": 2, "kernel_size": 2)");
  set(*layer, "weights", DType::I8, Shape{2, 2, 1, 2}, {1, 0, 0, 1, 2, 0, 0, -1});
  CHECK(evaluate(*layer, {u8(2, 2, 1)}, {{5, 7, 20, 30}}) == std::vector<int>{45, -23});
}

TEST_CASE("Stem: shapes and errors") {
  const auto stem = [](const char* shape, int kernel) {
    return make("Stem", std::string(R"("input_shape": )") + shape + R"(, "kernel_size": )" +
                            std::to_string(kernel) +
                            R"(, "num_non_patch_tokens": 2, "filters": 3)");
  };
  CHECK(typeOf(*stem("[8, 8, 3]", 4), {u8(8, 8, 3)}).shape == Shape{1, 6, 3});
  CHECK(errorOf(*stem("[8, 8, 3]", 3), {u8(8, 8, 3)}) ==
        "input_shape is [8, 8, 3], legal: a square picture, its side a multiple of kernel_size, "
        "which is 3");
  CHECK(holds(errorOf(*stem("[8, 4, 3]", 4), {u8(8, 4, 3)}), {"square"}));
}

}  // namespace glint::test
