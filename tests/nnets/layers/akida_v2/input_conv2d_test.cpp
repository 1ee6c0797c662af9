#include "nnets/layers/akida_v2/input_conv2d.h"

#include <string>

#include <doctest/doctest.h>

#include "tests/nnets/layer_fixture.h"

namespace glint::test {
namespace {

const std::string kThree = R"("input_shape": [3, 3, 1], "filters": 1, "kernel_size": 3,
                              "activation": "NoActivation", "output_bits": 16)";

}  // namespace

TEST_CASE("InputConv2D does not flip: a single one gives the reversed kernel") {
  const auto layer = make("InputConv2D", kThree);
  set(*layer, "weights", DType::I8, Shape{3, 3, 1, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(evaluate(*layer, {u8(3, 3, 1)}, {{0, 0, 0, 0, 1, 0, 0, 0, 0}}) ==
        std::vector<int>{9, 8, 7, 6, 5, 4, 3, 2, 1});
}

TEST_CASE("InputConv2D reads padding_value outside: variable before parameter") {
  const auto layer = make("InputConv2D", kThree + R"(, "padding_value": 200)");
  set(*layer, "weights", DType::I8, Shape{3, 3, 1, 1}, std::vector<int>(9, 1));
  const std::vector<std::vector<int>> zeros{std::vector<int>(9, 0)};
  CHECK(evaluate(*layer, {u8(3, 3, 1)}, zeros) ==
        std::vector<int>{1000, 600, 1000, 600, 0, 600, 1000, 600, 1000});
  set(*layer, "padding_value", DType::U8, Shape{1}, {1});
  CHECK(evaluate(*layer, {u8(3, 3, 1)}, zeros) == std::vector<int>{5, 3, 5, 3, 0, 3, 5, 3, 5});
}

TEST_CASE("InputConv2D: padding_value by channel, or one for all") {
  const auto layer = make("InputConv2D", R"("input_shape": [1, 1, 2], "filters": 1,
      "kernel_size": 3, "activation": false, "output_bits": 16)");
  set(*layer, "weights", DType::I8, Shape{3, 3, 2, 1}, std::vector<int>(18, 1));
  set(*layer, "padding_value", DType::U8, Shape{2}, {3, 10});
  CHECK(evaluate(*layer, {u8(1, 1, 2)}, {{0, 0}}) == std::vector<int>{8 * 13});
  set(*layer, "padding_value", DType::U8, Shape{1}, {2});
  CHECK(evaluate(*layer, {u8(1, 1, 2)}, {{0, 0}}) == std::vector<int>{8 * 4});
  set(*layer, "padding_value", DType::U8, Shape{3}, {2, 2, 2});
  CHECK(holds(errorOf(*layer, {u8(1, 1, 2)}), {"'padding_value'", "[3]", "[2] or [1]"}));
}

TEST_CASE("InputConv2D says what it is fed with, and can change its size") {
  auto layer = make("InputConv2D", kThree);
  CHECK(*layer->feedType() == u8(3, 3, 1));
  CHECK(layer->setFeedExtent(20, 30).ok());
  CHECK(*layer->feedType() == u8(20, 30, 1));
  CHECK_FALSE(layer->setFeedExtent(0, 30).ok());
  CHECK(*layer->feedType() == u8(20, 30, 1));
  const auto isSigned = make("InputConv2D", kThree + R"(, "input_signed": true)");
  CHECK(*isSigned->feedType() == s8(3, 3, 1));
  CHECK(layer->arity().most == 0);
}

TEST_CASE("InputConv2D: illegal parameters are named") {
  CHECK(holds(paramsError("InputConv2D", R"("filters": 1, "kernel_size": 3)"),
              {"'it' (InputConv2D)", "'input_shape' is missing"}));
  const auto feedError = [](const char* shape) {
    const auto layer = make("InputConv2D", std::string(R"("filters": 1, "kernel_size": 3,
        "input_shape": )") + shape);
    const Result<TensorType> type = layer->feedType();
    return type.ok() ? std::string() : type.error().message;
  };
  CHECK(feedError("[4, 4]") == "input_shape has 2 extents, legal: three, [x, y, channels]");
  CHECK(holds(feedError("[4, -4, 3]"), {"[4, -4, 3]", "1 to 65536"}));
  const auto layer = make("InputConv2D", kThree + R"(, "padding_value": 256)");
  CHECK(errorOf(*layer, {u8(3, 3, 1)}) == "padding_value is 256, legal: 0 to 255");
  const auto average = make("InputConv2D", kThree + R"(, "pool_type": "Average")");
  CHECK(errorOf(*average, {u8(3, 3, 1)}) == "pool_type is Average, legal: NoPooling, Max");
}

}  // namespace glint::test
