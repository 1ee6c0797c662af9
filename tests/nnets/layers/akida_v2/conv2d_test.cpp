#include "nnets/layers/akida_v2/conv2d.h"

#include <string>

#include <doctest/doctest.h>

#include "tests/nnets/layer_fixture.h"

namespace glint::test {
namespace {

const std::string kThree =
    R"("filters": 1, "kernel_size": 3, "activation": "NoActivation", "output_bits": 16)";

std::unique_ptr<Layer> counting(const std::string& params) {
  auto layer = make("Conv2D", kThree + params);
  set(*layer, "weights", DType::I8, Shape{3, 3, 1, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  return layer;
}

}  // namespace

TEST_CASE("Conv2D flips its kernel: a single one gives the kernel itself") {
  CHECK(evaluate(*counting(""), {s8(3, 3, 1)}, {{0, 0, 0, 0, 1, 0, 0, 0, 0}}) ==
        std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(evaluate(*counting(R"(, "padding": "Valid")"), {s8(3, 3, 1)},
                 {{1, 0, 0, 0, 0, 0, 0, 0, 0}}) == std::vector<int>{9});
}

TEST_CASE("Conv2D with stride 2: the border lies behind an even axis, around an odd one") {
  const auto layer = make("Conv2D", kThree + R"(, "kernel_stride": 2)");
  set(*layer, "weights", DType::I8, Shape{3, 3, 1, 1}, std::vector<int>(9, 1));
  CHECK(evaluate(*layer, {s8(4, 4, 1)}, {std::vector<int>(16, 1)}) == std::vector<int>{9, 6, 6, 4});
  CHECK(evaluate(*layer, {s8(3, 3, 1)}, {std::vector<int>(9, 1)}) == std::vector<int>{4, 4, 4, 4});
}

TEST_CASE("Conv2D mixes channels: weights are [k, k, C, F]") {
  const auto layer =
      make("Conv2D", R"("filters": 2, "kernel_size": 1, "activation": false, "output_bits": 16)");
  set(*layer, "weights", DType::I8, Shape{1, 1, 3, 2}, {1, 10, 2, 20, 3, 30});
  CHECK(evaluate(*layer, {s8(1, 2, 3)}, {{1, 1, 1, 0, 1, 2}}) == std::vector<int>{6, 60, 8, 80});
}

TEST_CASE("Conv2D shifts inputs by channel and saturates them; the sum saturates once") {
  const auto layer = make("Conv2D",
                          R"("filters": 1, "kernel_size": 1, "activation": "NoActivation",
                             "output_bits": 16, "buffer_bits": 8)");
  set(*layer, "weights", DType::I8, Shape{1, 1, 2, 1}, {1, -1});
  set(*layer, "input_shift", DType::U8, Shape{2}, {3, 0});
  // 100 << 3 saturates to 127; 127 - (-128) = 255 saturates to 127.
  CHECK(evaluate(*layer, {s8(1, 2, 2)}, {{100, 27, 1, -128}}) == std::vector<int>{100, 127});
  set(*layer, "weights", DType::I8, Shape{1, 1, 2, 1}, {2, -2});
  // 200 - 200: partial sums do not saturate.
  set(*layer, "input_shift", DType::U8, Shape{2}, {0, 0});
  CHECK(evaluate(*layer, {s8(1, 1, 2)}, {{100, 100}}) == std::vector<int>{0});
}

TEST_CASE("Conv2D: output shapes and multiply-accumulates") {
  const auto layer = make("Conv2D", R"("filters": 5, "kernel_size": 3, "kernel_stride": 2,
                                       "pool_type": "Max", "pool_size": 2)");
  const std::vector<TensorType> input{s8(13, 9, 4)};
  CHECK(typeOf(*layer, input) == s8(4, 3, 5));
  CHECK(layer->macs(input) == 7 * 5 * 9 * 4 * 5);
  CHECK(layer->fullyConvolutional());
  const auto average = make("Conv2D", R"("filters": 5, "kernel_size": 3, "pool_type": "Average")");
  CHECK(typeOf(*average, input) == s8(1, 1, 5));
  CHECK_FALSE(average->fullyConvolutional());
}

TEST_CASE("Conv2D: illegal parameters and variables are named") {
  const auto error = [](const std::string& params) {
    return errorOf(*make("Conv2D", params), {s8(4, 6, 2)});
  };
  CHECK(error(R"("filters": 0, "kernel_size": 3)") == "filters is 0, legal: 1 to 65536");
  CHECK(error(R"("filters": 1, "kernel_size": 0)") == "kernel_size is 0, legal: 1 to 65536");
  CHECK(error(R"("filters": 1, "kernel_size": 3, "kernel_stride": 0)") ==
        "kernel_stride is 0, legal: 1 to 65536");
  CHECK(holds(error(R"("filters": 1, "kernel_size": 5, "padding": "Valid")"),
              {"kernel_size is 5", "[4, 6, 2]"}));
  CHECK(holds(error(R"("filters": 1, "kernel_size": 3, "padding": "Valid", "pool_type": "Max",
                       "pool_size": 3)"),
              {"pool_size is 3", "[2, 4, 1]"}));
  CHECK(holds(error(R"("filters": 1, "kernel_size": 60000)"), {"7200000000 products"}));

  auto layer = counting("");
  const std::vector<TensorType> input{s8(3, 3, 1)};
  CHECK(errorOf(*layer, input).empty());
  CHECK(holds(errorOf(*layer, {TensorType{Shape{3, 3, 1}, 32, true, true}}),
              {"float32 [3, 3, 1]", "integers"}));
  set(*layer, "bias", DType::I8, Shape{2}, {0, 0});
  CHECK(errorOf(*layer, input) == "layer 'it' (Conv2D): variable 'bias' has shape [2], legal: [1]");
  set(*layer, "bias", DType::U8, Shape{1}, {0});
  CHECK(errorOf(*layer, input) == "layer 'it' (Conv2D): variable 'bias' is uint8, legal: int8");
  layer->variables.clear();
  CHECK(holds(errorOf(*layer, input), {"'weights' is missing", "int8 [3, 3, 1, 1]"}));
  const auto four = counting(R"(, "weights_bits": 4)");
  CHECK(errorOf(*four, input) ==
        "layer 'it' (Conv2D): variable 'weights' element 7 is 8, legal: -8 to 7");
  set(*four, "lut_values", DType::I32, Shape{1}, {0});
  CHECK(holds(errorOf(*four, input), {"'lut_values' is unknown", "weights, input_shift, bias"}));
}

}  // namespace glint::test
