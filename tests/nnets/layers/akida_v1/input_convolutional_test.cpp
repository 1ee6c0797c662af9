#include "nnets/layers/akida_v1/input_convolutional.h"

#include <string>

#include <doctest/doctest.h>

#include "tests/nnets/layer_fixture.h"

namespace glint::test {
namespace {

/// 8-bit weights, one filter on a gray picture; the output is the potential.
std::unique_ptr<Layer> gray(const std::string& params, Shape kernel,
                            const std::vector<int>& weights) {
  auto layer = make("InputConvolutional",
                    R"("filters": 1, "weights_bits": 8, "activation": false, )" + params);
  set(*layer, "weights", DType::I8, kernel, weights);
  return layer;
}

const std::string kThree = R"("input_shape": [3, 3, 1], "kernel_size": [3, 3])";

}  // namespace

TEST_CASE("InputConvolutional does not reverse: a single one gives the reversed kernel") {
  CHECK(evaluate(*gray(kThree, {3, 3, 1, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9}), {u8(3, 3, 1)},
                 {{0, 0, 0, 0, 1, 0, 0, 0, 0}}) == std::vector<int>{9, 8, 7, 6, 5, 4, 3, 2, 1});
}

TEST_CASE("InputConvolutional reads padding_value outside a Same picture") {
  const std::vector<int> ones(9, 1), zeros(9, 0);
  CHECK(evaluate(*gray(kThree + R"(, "padding_value": 200)", {3, 3, 1, 1}, ones), {u8(3, 3, 1)},
                 {zeros}) == std::vector<int>{1000, 600, 1000, 600, 0, 600, 1000, 600, 1000});
  CHECK(
      evaluate(*gray(kThree + R"(, "padding_value": 200, "padding": "Valid")", {3, 3, 1, 1}, ones),
               {u8(3, 3, 1)}, {zeros}) == std::vector<int>{0});
}

TEST_CASE("InputConvolutional: extreme weights and pixels, channels") {
  const auto layer = make("InputConvolutional", R"("input_shape": [1, 2, 3], "filters": 2,
      "kernel_size": [1, 2], "padding": "Valid", "weights_bits": 8, "activation": false)");
  set(*layer, "weights", DType::I8, Shape{1, 2, 3, 2},
      {-128, 127, -128, 127, -128, 127,  //
       -128, 1, -128, 2, -128, 3});
  CHECK(evaluate(*layer, {u8(1, 2, 3)}, {{255, 255, 255, 255, 255, 255}}) ==
        std::vector<int>{-128 * 255 * 6, 255 * (381 + 6)});
}

TEST_CASE("InputConvolutional says what it is fed with, and can change its size") {
  auto layer = make("InputConvolutional", kThree + R"(, "filters": 1)");
  CHECK(*layer->feedType() == u8(3, 3, 1));
  CHECK(layer->setFeedExtent(20, 30).ok());
  CHECK(*layer->feedType() == u8(20, 30, 1));
  CHECK_FALSE(layer->setFeedExtent(0, 30).ok());
  CHECK(layer->arity().most == 0);
  CHECK(layer->macs(std::vector{u8(20, 30, 1)}) == 20 * 30 * 9);
  CHECK(make("InputConvolutional", R"("input_shape": [3, 3, 2], "kernel_size": [1, 1],
                                      "filters": 1)")
            ->feedType()
            .error()
            .message == "input_shape is [3, 3, 2], legal: 1 or 3 channels, a picture");
}

TEST_CASE("InputConvolutional: illegal parameters and variables are named") {
  const auto error = [](const std::string& params) {
    return errorOf(*make("InputConvolutional", kThree + R"(, "filters": 1)" + params),
                   {u8(3, 3, 1)});
  };
  CHECK(error(R"(, "padding_value": 256)") == "padding_value is 256, legal: 0 to 255");
  CHECK(error(R"(, "padding_value": -1)") == "padding_value is -1, legal: 0 to 255");
  CHECK(error(R"(, "weights_bits": 3)") == "weights_bits is 3, legal: 1, 2, 4, 8");
  CHECK(error(R"(, "weights_bits": 8)").empty());
  CHECK(holds(paramsError("InputConvolutional", R"("filters": 1, "kernel_size": [1, 1])"),
              {"'input_shape' is missing"}));
  auto layer = gray(kThree, {3, 3, 1, 1}, std::vector<int>(9, -128));
  CHECK(errorOf(*layer, {u8(3, 3, 1)}).empty());
  CHECK(make("InputConvolutional", kThree + R"(, "filters": 1)")->ipVersion() == IpVersion::V1);
}

}  // namespace glint::test
