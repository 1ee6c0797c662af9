#include "nnets/layers/akida_v2/conv2d_transpose.h"

#include <numeric>
#include <string>

#include <doctest/doctest.h>

#include "nnets/layers/akida_v2/depthwise_conv2d_transpose.h"
#include "tests/nnets/layer_fixture.h"

namespace glint::test {
namespace {

std::vector<int> counted(int n) {
  std::vector<int> values(static_cast<std::size_t>(n));
  std::iota(values.begin(), values.end(), 1);
  return values;
}

const char* const kThree =
    R"("filters": 1, "kernel_size": 3, "activation": false, "output_bits": 16)";
const char* const kFour =
    R"("filters": 1, "kernel_size": 4, "activation": false, "output_bits": 16)";

}  // namespace

TEST_CASE("Conv2DTranspose, kernel 3: each input adds the kernel at twice its position") {
  const auto layer = make("Conv2DTranspose", kThree);
  set(*layer, "weights", DType::I8, Shape{3, 3, 1, 1}, counted(9));
  CHECK(evaluate(*layer, {s8(1, 1, 1)}, {{1}}) == std::vector<int>{1, 2, 4, 5});
  // Two inputs side by side overlap in one column; the column behind the second is dropped.
  CHECK(evaluate(*layer, {s8(1, 2, 1)}, {{1, 10}}) ==
        std::vector<int>{1, 2, 3 + 10, 20, 4, 5, 6 + 40, 50});
}

TEST_CASE("Conv2DTranspose, kernel 4: the first row and column fall outside") {
  const auto layer = make("Conv2DTranspose", kFour);
  set(*layer, "weights", DType::I8, Shape{4, 4, 1, 1}, counted(16));
  CHECK(evaluate(*layer, {s8(1, 1, 1)}, {{1}}) == std::vector<int>{6, 7, 10, 11});
  CHECK(evaluate(*layer, {s8(2, 1, 1)}, {{1, 10}}) ==
        std::vector<int>{6, 7, 10 + 20, 11 + 30, 14 + 60, 15 + 70, 100, 110});
}

TEST_CASE("DepthwiseConv2DTranspose keeps channels apart and shifts its input") {
  const auto layer = make("DepthwiseConv2DTranspose",
                          R"("kernel_size": 3, "activation": false, "output_bits": 16)");
  set(*layer, "weights", DType::I8, Shape{3, 3, 2, 1}, counted(18));
  set(*layer, "input_shift", DType::U8, Shape{2}, {0, 3});
  CHECK(evaluate(*layer, {s8(1, 1, 2)}, {{1, 1}}) == std::vector<int>{1, 16, 3, 32, 7, 64, 9, 80});
}

TEST_CASE("transposed convolutions: shapes, multiply-accumulates, errors") {
  const auto layer = make("Conv2DTranspose", R"("filters": 5, "kernel_size": 4)");
  const std::vector<TensorType> input{s8(3, 7, 2)};
  CHECK(typeOf(*layer, input) == s8(6, 14, 5));
  CHECK(layer->macs(input) == 3 * 7 * 2 * 16 * 5);
  CHECK(layer->variableTable(input)[0].shape == Shape{4, 4, 2, 5});
  const auto depthwise = make("DepthwiseConv2DTranspose", R"("kernel_size": 3)");
  CHECK(typeOf(*depthwise, input) == s8(6, 14, 2));
  CHECK(depthwise->macs(input) == 3 * 7 * 2 * 9);
  CHECK(errorOf(*make("Conv2DTranspose", R"("filters": 5, "kernel_size": 5)"), input) ==
        "kernel_size is 5, legal: 3 to 4");
  CHECK(errorOf(*make("DepthwiseConv2DTranspose", R"("kernel_size": 2)"), input) ==
        "kernel_size is 2, legal: 3 to 4");
  CHECK(errorOf(*make("Conv2DTranspose", R"("filters": -1, "kernel_size": 3)"), input) ==
        "filters is -1, legal: 1 to 65536");
  CHECK(holds(errorOf(*layer, {s8(40000, 1, 1)}), {"[80000, 2, 5]"}));
}

}  // namespace glint::test
