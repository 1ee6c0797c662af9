#include "nnets/layers/akida_v1/convolutional.h"

#include <string>

#include <doctest/doctest.h>

#include "tests/nnets/layer_fixture.h"

namespace glint::test {
namespace {

/// 4-bit weights 1 to 6 in a kernel of 2 rows and 3 columns; the output is the potential.
std::unique_ptr<Layer> counting(const std::string& params = "") {
  auto layer = make("Convolutional", R"("filters": 1, "kernel_size": [2, 3], "weights_bits": 4,
                                        "activation": false)" +
                                         params);
  set(*layer, "weights", DType::I8, Shape{2, 3, 1, 1}, {1, 2, 3, 4, 5, 6});
  return layer;
}

TensorType u4(std::int64_t x, std::int64_t y, std::int64_t c) { return unsignedOf(4, x, y, c); }

}  // namespace

TEST_CASE("Convolutional reverses its kernel along both axes") {
  // A single one gives the kernel itself. Same: nothing before and one row after, one column on
  // either side.
  CHECK(evaluate(*counting(), {u4(3, 3, 1)}, {{0, 0, 0, 0, 1, 0, 0, 0, 0}}) ==
        std::vector<int>{1, 2, 3, 4, 5, 6, 0, 0, 0});
  CHECK(evaluate(*counting(R"(, "padding": "Valid")"), {u4(2, 3, 1)}, {{1, 0, 0, 0, 0, 2}}) ==
        std::vector<int>{6 + 2});
}

TEST_CASE("Convolutional: strides differ along the axes, and so do the borders") {
  const auto layer = counting(R"(, "kernel_stride": [1, 2])");
  // Columns: 4 by 2 with 3 taps needs one after; rows: one after.
  CHECK(evaluate(*layer, {u4(2, 4, 1)}, {std::vector<int>(8, 1)}) ==
        std::vector<int>{21, 6 + 5 + 3 + 2, 6 + 5 + 4, 6 + 5});
  CHECK(typeOf(*layer, {u4(9, 8, 1)}).shape == Shape{9, 4, 1});
  CHECK(
      typeOf(*counting(R"(, "kernel_stride": [3, 1], "padding": "Valid")"), {u4(9, 8, 1)}).shape ==
      Shape{3, 6, 1});
}

TEST_CASE("Convolutional mixes channels: weights are [kx, ky, C, F]") {
  const auto layer = make("Convolutional", R"("filters": 2, "kernel_size": [1, 1],
                                              "weights_bits": 4, "activation": false)");
  set(*layer, "weights", DType::I8, Shape{1, 1, 3, 2}, {1, -1, 2, -2, 3, -3});
  CHECK(evaluate(*layer, {u4(1, 2, 3)}, {{1, 1, 1, 0, 1, 2}}) == std::vector<int>{6, -6, 8, -8});
}

TEST_CASE("Convolutional: the maximum is taken of potentials, and borders never win") {
  auto layer = make("Convolutional", R"("filters": 1, "kernel_size": [1, 1], "weights_bits": 2,
      "activation": false, "pool_type": "Max", "pool_size": [2, 3], "pool_stride": [-1, 1])");
  set(*layer, "weights", DType::I8, Shape{1, 1, 1, 1}, {-1});
  // Negative potentials everywhere; rows step by the pool's size, columns by 1.
  CHECK(evaluate(*layer, {u4(3, 2, 1)}, {{5, 9, 3, 7, 8, 6}}) == std::vector<int>{-3, -3, -6, -6});
  layer = make("Convolutional", R"("filters": 1, "kernel_size": [1, 1], "act_bits": 4,
      "pool_type": "Max", "pool_size": [2, 2], "padding": "Valid")");
  set(*layer, "weights", DType::I8, Shape{1, 1, 1, 1}, {1});
  set(*layer, "threshold", DType::I32, Shape{1}, {3});
  CHECK(evaluate(*layer, {u4(2, 5, 1)}, {{1, 2, 9, 4, 15, 3, 0, 5, 6, 15}}) ==
        std::vector<int>{0, 6});
}

TEST_CASE("Convolutional: average pooling is the plain sum, before the activation") {
  auto layer = counting(R"(, "pool_type": "Average", "padding": "Valid")");
  CHECK(evaluate(*layer, {u4(3, 3, 1)}, {std::vector<int>(9, 2)}) == std::vector<int>{2 * 42});
  layer = make("Convolutional", R"("filters": 1, "kernel_size": [1, 1], "act_bits": 2,
      "pool_type": "Average", "pool_size": [2, 2])");
  set(*layer, "weights", DType::I8, Shape{1, 1, 1, 1}, {1});
  setFloats(*layer, "act_step", {2.5F});
  // Steps of 10: 21 is above two of them.
  CHECK(evaluate(*layer, {u4(2, 2, 1)}, {{15, 0, 5, 1}}) == std::vector<int>{3});
  CHECK(evaluate(*layer, {u4(2, 2, 1)}, {{15, 0, 5, 0}}) == std::vector<int>{2});
}

TEST_CASE("Convolutional: types, work, extents") {
  const auto layer = make("Convolutional", R"("filters": 5, "kernel_size": [3, 1], "act_bits": 2,
      "kernel_stride": [2, 1], "pool_type": "Max", "pool_size": [2, 2])");
  const std::vector<TensorType> input{u4(13, 9, 4)};
  CHECK(typeOf(*layer, input) == unsignedOf(2, 4, 5, 5));
  CHECK(typeOf(*layer, input).dtype() == DType::U8);
  CHECK(layer->macs(input) == 7 * 9 * 3 * 4 * 5);
  CHECK(layer->fullyConvolutional());
  const auto average = counting(R"(, "pool_type": "Average")");
  CHECK(typeOf(*average, {u4(13, 9, 1)}) == TensorType{Shape{1, 1, 1}, 32, true, false});
  CHECK_FALSE(average->fullyConvolutional());
}

TEST_CASE("Convolutional: illegal parameters and variables are named") {
  const auto error = [](const std::string& params) {
    return errorOf(*make("Convolutional", params), {u4(4, 6, 2)});
  };
  const std::string one = R"("filters": 1, "kernel_size": [1, 1], )";
  CHECK(error(R"("filters": 0, "kernel_size": [3, 3])") == "filters is 0, legal: 1 to 65536");
  CHECK(error(R"("filters": 1, "kernel_size": [3, 0])") ==
        "kernel_size is [3, 0], legal: two of 1 to 65536");
  CHECK(error(one + R"("kernel_stride": [0, 1])") ==
        "kernel_stride is [0, 1], legal: two of 1 to 65536");
  CHECK(error(R"("filters": 1, "kernel_size": [1, 7], "padding": "Valid")") ==
        "kernel_size is [1, 7] with Valid padding, larger than the input [4, 6, 2]");
  CHECK(error(R"("filters": 1, "kernel_size": [60000, 60000])") ==
        "each of 1 sums adds 7200000000 products, legal: at most 16777216, and less than 2^31 "
        "weights");
  CHECK(error(one + R"("pool_type": "Max")") ==
        "pool_size is [-1, -1], legal with pool_type Max: two of 1 to 65536");
  CHECK(error(one + R"("pool_type": "Max", "pool_size": [2, 2], "pool_stride": [0, 1])") ==
        "pool_stride is [0, 1], legal: -1 or 1 to 65536 each");
  CHECK(error(one + R"("pool_type": "Max", "pool_size": [5, 2], "padding": "Valid")") ==
        "pool_size is [5, 2] with Valid padding, larger than the map [4, 6, 1]");
  CHECK(error(one + R"("pool_type": "Average", "pool_size": [2, 2])") ==
        "pool_size is [2, 2], legal with pool_type Average: [-1, -1], the whole map of [4, 6]");
  CHECK(error(one + R"("pool_type": "Average", "pool_size": [4, -1])").empty());
  CHECK(holds(paramsError("Convolutional", one + R"("padding_value": 3)"),
              {"unknown parameter 'padding_value'"}));

  auto layer = counting();
  const std::vector<TensorType> input{u4(3, 3, 1)};
  CHECK(errorOf(*layer, input).empty());
  set(*layer, "weights", DType::I8, Shape{3, 2, 1, 1}, {1, 2, 3, 4, 5, 6});
  CHECK(holds(errorOf(*layer, input), {"'weights' has shape [3, 2, 1, 1], legal: [2, 3, 1, 1]"}));
  layer = counting();
  set(*layer, "threshold", DType::I8, Shape{1}, {0});
  CHECK(holds(errorOf(*layer, input), {"'threshold' is int8, legal: int32"}));
  layer = counting();
  set(*layer, "bias", DType::I8, Shape{1}, {0});
  CHECK(holds(errorOf(*layer, input), {"'bias' is unknown", "weights, threshold, act_step"}));
}

}  // namespace glint::test
