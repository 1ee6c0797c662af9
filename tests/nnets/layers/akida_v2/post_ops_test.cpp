#include "nnets/layers/akida_v2/post_ops.h"

#include <numeric>
#include <string>

#include <doctest/doctest.h>

#include "tests/nnets/layer_fixture.h"

namespace glint::test {
namespace {

const std::string kOne = R"("filters": 1, "kernel_size": 1)";

/// A 1x1 Conv2D with one channel and weight 1: what it computes is PostOps alone.
std::unique_ptr<Layer> identity(const std::string& params) {
  auto layer = make("Conv2D", kOne + ", " + params);
  set(*layer, "weights", DType::I8, Shape{1, 1, 1, 1}, {1});
  return layer;
}

TensorType wide(std::int64_t x, std::int64_t y) { return {Shape{x, y, 1}, 32, true, false}; }

const std::string kLinear = R"("activation": "NoActivation", "output_bits": 32)";

}  // namespace

TEST_CASE("without variables the sum passes through") {
  const auto layer = identity(kLinear);
  CHECK(evaluate(*layer, {wide(1, 3)}, {{-2147483647 - 1, -1, 2147483647}}) ==
        std::vector<int>{-2147483647 - 1, -1, 2147483647});
}

TEST_CASE("the sum saturates to buffer_bits") {
  const auto layer = identity(R"("activation": "NoActivation", "buffer_bits": 10)");
  CHECK(evaluate(*layer, {wide(1, 2)}, {{600, -600}}) == std::vector<int>{127, -128});
  const auto out =
      identity(R"("activation": "NoActivation", "buffer_bits": 10, "output_bits": 32)");
  CHECK(evaluate(*out, {wide(1, 3)}, {{600, -600, 511}}) == std::vector<int>{511, -512, 511});
}

TEST_CASE("the bias is shifted, saturated and added with saturation") {
  const auto layer =
      identity(R"("activation": "NoActivation", "buffer_bits": 10, "output_bits": 32)");
  set(*layer, "bias", DType::I8, Shape{1}, {-3});
  set(*layer, "bias_shift", DType::U8, Shape{1}, {4});
  CHECK(evaluate(*layer, {wide(1, 2)}, {{100, -500}}) == std::vector<int>{52, -512});
  set(*layer, "bias_shift", DType::U8, Shape{1}, {200});
  CHECK(evaluate(*layer, {wide(1, 2)}, {{100, 511}}) == std::vector<int>{-412, -1});
}

TEST_CASE("ReLU clips at 0 and at max_value") {
  const auto layer = identity(R"("output_bits": 16)");
  CHECK(evaluate(*layer, {wide(1, 3)}, {{-5, 0, 9999}}) == std::vector<int>{0, 0, 9999});
  set(*layer, "max_value", DType::U8, Shape{1}, {3});
  set(*layer, "max_value_shift", DType::U8, Shape{1}, {2});
  CHECK(evaluate(*layer, {wide(1, 3)}, {{-5, 11, 13}}) == std::vector<int>{0, 11, 12});
  set(*layer, "max_value_shift", DType::U8, Shape{1}, {255});
  CHECK(evaluate(*layer, {wide(1, 1)}, {{13}}) == std::vector<int>{13});
}

TEST_CASE("output scaling rounds half up, right for negative shifts") {
  const auto layer = identity(kLinear);
  set(*layer, "output_shift", DType::I8, Shape{1}, {-1});
  CHECK(evaluate(*layer, {wide(1, 5)}, {{5, -5, 4, -3, -1}}) == std::vector<int>{3, -2, 2, -1, 0});
  set(*layer, "output_scales", DType::U8, Shape{1}, {3});
  set(*layer, "output_shift", DType::I8, Shape{1}, {2});
  CHECK(evaluate(*layer, {wide(1, 2)}, {{5, -7}}) == std::vector<int>{60, -84});
  set(*layer, "output_shift", DType::I8, Shape{1}, {-128});
  CHECK(evaluate(*layer, {wide(1, 2)}, {{2147483647, -1}}) == std::vector<int>{0, 0});
}

TEST_CASE("products with the scale saturate to post_op_buffer_bits") {
  const auto layer =
      identity(R"("activation": "NoActivation", "post_op_buffer_bits": 12, "output_bits": 8)");
  set(*layer, "output_scales", DType::U8, Shape{1}, {200});
  set(*layer, "output_shift", DType::I8, Shape{1}, {-5});
  // 20 * 200 = 4000, clipped to 2047, / 32 = 63.97
  CHECK(evaluate(*layer, {wide(1, 3)}, {{20, -20, 1}}) == std::vector<int>{64, -64, 6});
}

TEST_CASE("outputs saturate; less than 8 bits after ReLU are unsigned") {
  const auto four = identity(R"("output_bits": 4)");
  CHECK(typeOf(*four, {wide(1, 1)}) == TensorType{Shape{1, 1, 1}, 4, false, false});
  CHECK(evaluate(*four, {wide(1, 3)}, {{20, 14, -3}}) == std::vector<int>{15, 14, 0});
  const auto eight = identity(R"("output_bits": 8)");
  CHECK(typeOf(*eight, {wide(1, 1)}).isSigned);
  CHECK(evaluate(*eight, {wide(1, 1)}, {{200}}) == std::vector<int>{127});
  const auto linear = identity(R"("activation": "NoActivation", "output_bits": 4)");
  CHECK(typeOf(*linear, {wide(1, 1)}).isSigned);
  CHECK(evaluate(*linear, {wide(1, 2)}, {{20, -20}}) == std::vector<int>{7, -8});
  const auto average = identity(R"("output_bits": 4, "pool_type": "Average")");
  CHECK(typeOf(*average, {wide(2, 2)}).isSigned);
}

TEST_CASE("LUT looks up a saturated 11-bit index") {
  const auto layer = identity(R"("activation": "LUT", "output_bits": 16)");
  CHECK(holds(errorOf(*layer, {wide(1, 1)}), {"'lut_values' is missing", "int32 [2048]"}));
  std::vector<int> table(2048);
  std::iota(table.begin(), table.end(), -1024);
  table[1024 + 1023] = 8191;
  table[0] = -8192;
  set(*layer, "lut_values", DType::I32, Shape{2048}, table);
  CHECK(evaluate(*layer, {wide(1, 4)}, {{-1, 7, 5000, -5000}}) ==
        std::vector<int>{-1, 7, 8191, -8192});
  set(*layer, "activation_scales", DType::U8, Shape{1}, {5});
  set(*layer, "activation_shift", DType::I8, Shape{1}, {-1});
  CHECK(evaluate(*layer, {wide(1, 3)}, {{1, -1, 2}}) == std::vector<int>{3, -2, 5});
  table[5] = 8192;
  set(*layer, "lut_values", DType::I32, Shape{2048}, table);
  CHECK(holds(errorOf(*layer, {wide(1, 1)}),
              {"'it' (Conv2D)", "'lut_values'", "element 5 is 8192", "-8192 to 8191"}));
}

TEST_CASE("max pooling: the border never wins, -1 is the size, Valid drops the rest") {
  const auto layer = identity(kLinear + R"(, "pool_type": "Max", "pool_size": 2)");
  CHECK(evaluate(*layer, {wide(3, 3)}, {{-1, -2, -3, -4, -5, -6, -7, -8, -9}}) ==
        std::vector<int>{-1, -3, -7, -9});
  const auto step = identity(kLinear + R"(, "pool_type": "Max", "pool_size": 2, "pool_stride": 1)");
  CHECK(evaluate(*step, {wide(1, 3)}, {{1, 5, 2}}) == std::vector<int>{5, 5, 2});
  const auto valid =
      identity(kLinear + R"(, "pool_type": "Max", "pool_size": 2, "padding": "Valid")");
  CHECK(evaluate(*valid, {wide(3, 3)}, {{-1, -2, -3, -4, -5, -6, -7, -8, -9}}) ==
        std::vector<int>{-1});
}

TEST_CASE("max pooling comes before the activation, average pooling after it") {
  const auto layer = identity(R"("output_bits": 16, "pool_type": "Average")");
  CHECK(evaluate(*layer, {wide(2, 2)}, {{5, -9, 1, 2}}) == std::vector<int>{8});
  set(*layer, "output_scales", DType::U8, Shape{1}, {1});
  set(*layer, "output_shift", DType::I8, Shape{1}, {-2});
  CHECK(evaluate(*layer, {wide(2, 2)}, {{5, 9, 1, 3}}) == std::vector<int>{5});  // 18/4, half up
  // The sum itself is not clipped to buffer_bits.
  const auto narrow = identity(R"("buffer_bits": 8, "output_bits": 16, "pool_type": "Average")");
  CHECK(evaluate(*narrow, {wide(2, 2)}, {{127, 127, 127, 200}}) == std::vector<int>{508});
}

TEST_CASE("illegal post operations are named") {
  const auto error = [](const std::string& params) {
    return errorOf(*identity(params), {wide(4, 4)});
  };
  CHECK(error(R"("buffer_bits": 33)") == "buffer_bits is 33, legal: 2 to 32");
  CHECK(error(R"("post_op_buffer_bits": 1)") == "post_op_buffer_bits is 1, legal: 2 to 32");
  CHECK(error(R"("output_bits": 0)") == "output_bits is 0, legal: 1 to 32");
  CHECK(holds(error(R"("output_bits": 12, "post_op_buffer_bits": 10)"),
              {"output_bits is 12", "post_op_buffer_bits", "10"}));
  CHECK(error(R"("weights_bits": 1)") == "weights_bits is 1, legal: 2 to 8");
  CHECK(holds(error(R"("pool_type": "Max")"), {"pool_size is -1", "Max"}));
  CHECK(holds(error(R"("pool_type": "Max", "pool_size": 2, "pool_stride": 0)"),
              {"pool_stride is 0"}));
  CHECK(holds(error(R"("pool_type": "Average", "pool_size": 2)"), {"pool_size is 2", "Average"}));
}

}  // namespace glint::test
