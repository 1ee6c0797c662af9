#include "nnets/layers/akida_transformer/attention.h"

#include <doctest/doctest.h>

#include "tests/nnets/layer_fixture.h"

namespace glint::test {

TEST_CASE("Attention: each head mixes the values of all tokens by its own scores") {
  const auto layer = make("Attention", R"("num_heads": 2, "shiftmax_output_bits": 4)");
  const TensorType in = s8(1, 2, 2);
  // Head 0: scores 2, 0 of token 0 give the mask 8, 2; equal scores give 4, 4.
  CHECK(evaluate(*layer, {in, in, in}, {{1, 0, 0, 1}, {2, 5, 0, 5}, {1, 10, 3, 20}}) ==
        std::vector<int>{14, 120, 16, 120});
}

TEST_CASE("Attention: shifts of values, scores and output") {
  const auto layer = make("Attention", R"("num_heads": 1, "shiftmax_output_bits": 4)");
  set(*layer, "value_shift", DType::U8, Shape{1}, {2});
  set(*layer, "output_shift", DType::I8, Shape{1}, {-3});
  const TensorType in = s8(1, 1, 1);
  // One token: its mask is 2^3.
  CHECK(evaluate(*layer, {in, in, in}, {{3}, {-5}, {7}}) == std::vector<int>{28});
  set(*layer, "shiftmax_input_shift", DType::U8, Shape{1}, {3});
  set(*layer, "value_shift", DType::U8, Shape{1}, {0});
  const TensorType two = s8(1, 2, 1);
  // Scores 9 and -1, shifted 1 and -1: 64 and 16 of 80, a mask of 8 and 2; (8 * 3 + 2 * 10) / 8
  // is 5.5.
  CHECK(evaluate(*layer, {two, two, two}, {{1, 0}, {9, -1}, {3, 10}}) == std::vector<int>{6, 7});
}

TEST_CASE("Attention: sums saturate to buffer_bits") {
  const auto layer = make("Attention", R"("num_heads": 1, "shiftmax_output_bits": 4,
                                          "buffer_bits": 9, "output_bits": 16)");
  const TensorType in = s8(1, 1, 1);
  CHECK(evaluate(*layer, {in, in, in}, {{1}, {1}, {100}}) == std::vector<int>{255});
}

TEST_CASE("Attention: errors") {
  const TensorType in = s8(1, 4, 6);
  CHECK(paramsError("Attention", "") ==
        "layer 'it' (Attention): parameter 'num_heads' is missing; it has no default");
  CHECK(errorOf(*make("Attention", R"("num_heads": 4)"), {in, in, in}) ==
        "num_heads is 4, legal: what divides the channels, which are 6");
  CHECK(errorOf(*make("Attention", R"("num_heads": 2)"), {in, in, s8(1, 4, 8)}) ==
        "the inputs are int8 [1, 4, 6] and int8 [1, 4, 8], legal: integers of one shape [1, "
        "tokens, channels], of at most 16 bits");
  const TensorType wide{Shape{1, 4, 6}, 17, true, false};
  CHECK(holds(errorOf(*make("Attention", R"("num_heads": 2)"), {wide, wide, wide}),
              {"at most 16 bits"}));
  CHECK(errorOf(*make("Attention", R"("num_heads": 2, "shiftmax_output_bits": 17)"),
                {in, in, in}) == "shiftmax_output_bits is 17, legal: 1 to 16");
}

}  // namespace glint::test
