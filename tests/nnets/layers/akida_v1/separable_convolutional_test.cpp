#include "nnets/layers/akida_v1/separable_convolutional.h"

#include <string>

#include <doctest/doctest.h>

#include "tests/nnets/layer_fixture.h"

namespace glint::test {
namespace {

TensorType u4(std::int64_t x, std::int64_t y, std::int64_t c) { return unsignedOf(4, x, y, c); }

/// Two channels, a kernel of one row and two columns; the output is the potential.
std::unique_ptr<Layer> two(const std::string& params = "") {
  auto layer = make("SeparableConvolutional", R"("filters": 3, "kernel_size": [1, 2],
      "weights_bits": 4, "activation": false)" + params);
  set(*layer, "weights", DType::I8, Shape{1, 2, 2, 1}, {1, -2, 3, 4});
  set(*layer, "weights_pw", DType::I8, Shape{1, 1, 2, 3}, {1, 0, -8, 0, 1, 7});
  return layer;
}

}  // namespace

TEST_CASE("SeparableConvolutional: each channel by its reversed kernel, then a 1x1 mix") {
  // Channel 0: 3*a + 1*b, channel 1: 4*a - 2*b, of the positions a and b.
  CHECK(evaluate(*two(R"(, "padding": "Valid")"), {u4(1, 2, 2)}, {{1, 2, 10, 5}}) ==
        std::vector<int>{13, -2, -8 * 13 + 7 * -2});
  // Same: the border of 0 lies behind.
  CHECK(evaluate(*two(), {u4(1, 2, 2)}, {{1, 2, 10, 5}}) ==
        std::vector<int>{13, -2, -118, 30, 20, -8 * 30 + 7 * 20});
}

TEST_CASE("SeparableConvolutional: nothing is clipped between the stages") {
  const auto layer = make("SeparableConvolutional", R"("filters": 1, "kernel_size": [3, 3],
      "weights_bits": 4, "padding": "Valid", "activation": false)");
  set(*layer, "weights", DType::I8, Shape{3, 3, 1, 1}, std::vector<int>(9, -8));
  set(*layer, "weights_pw", DType::I8, Shape{1, 1, 1, 1}, {-8});
  CHECK(evaluate(*layer, {u4(3, 3, 1)}, {std::vector<int>(9, 15)}) ==
        std::vector<int>{9 * 15 * 64});
}

TEST_CASE("SeparableConvolutional: only the first stage has the stride; pooling and activation") {
  auto layer = make("SeparableConvolutional", R"("filters": 1, "kernel_size": [1, 1],
      "kernel_stride": [1, 2], "weights_bits": 1, "act_bits": 4, "pool_type": "Average")");
  set(*layer, "weights", DType::I8, Shape{1, 1, 2, 1}, {1, 1});
  set(*layer, "weights_pw", DType::I8, Shape{1, 1, 2, 1}, {1, 0});
  set(*layer, "threshold", DType::I32, Shape{1}, {10});
  setFloats(*layer, "act_step", {2.F});
  // Positions 0 and 2 of channel 0: 7 + 9, 6 above the threshold.
  CHECK(evaluate(*layer, {u4(1, 4, 2)}, {{7, 1, 15, 1, 9, 1, 15, 1}}) == std::vector<int>{3});
}

TEST_CASE("SeparableConvolutional: defaults, types, work") {
  const auto layer = make("SeparableConvolutional", R"("filters": 6, "kernel_size": [3, 5])");
  CHECK(writeFields(*layer).find("weights_bits")->dump() == "2");
  const std::vector<TensorType> input{u4(7, 9, 4)};
  CHECK(typeOf(*layer, input) == unsignedOf(1, 7, 9, 6));
  CHECK(layer->macs(input) == 7 * 9 * 4 * (15 + 6));
  CHECK(errorOf(*layer, input).empty());
}

TEST_CASE("SeparableConvolutional: both kernels count towards the largest potential") {
  // 16000 taps of 8 * 15, times 8, of 200 channels.
  const auto layer = make("SeparableConvolutional", R"("filters": 1, "kernel_size": [160, 100],
      "weights_bits": 4)");
  const std::vector<TensorType> input{u4(2, 2, 200)};
  layer->variables["weights"] =
      tensorOf(DType::I8, Shape{160, 100, 200, 1}, std::vector<int>(160 * 100 * 200, -8));
  CHECK(errorOf(*layer, input).empty());
  set(*layer, "weights_pw", DType::I8, Shape{1, 1, 200, 1}, std::vector<int>(200, -8));
  CHECK(holds(errorOf(*layer, input), {"filter 0 can reach 3072000000", "204800000"}));
}

TEST_CASE("SeparableConvolutional: illegal parameters and variables are named") {
  auto layer = two();
  const std::vector<TensorType> input{u4(1, 2, 2)};
  CHECK(errorOf(*layer, input).empty());
  CHECK(holds(errorOf(*layer, {u8(1, 2, 2)}), {"uint8 [1, 2, 2]", "1, 2 or 4 bits"}));
  set(*layer, "weights_pw", DType::I8, Shape{1, 1, 2, 3}, {1, 0, -9, 0, 1, 7});
  CHECK(holds(errorOf(*layer, input), {"'weights_pw' element 2 is -9, legal: -8 to 7"}));
  layer = two();
  set(*layer, "weights", DType::I8, Shape{1, 2, 1, 2}, {1, -2, 3, 4});
  CHECK(holds(errorOf(*layer, input), {"'weights' has shape [1, 2, 1, 2], legal: [1, 2, 2, 1]"}));
}

}  // namespace glint::test
