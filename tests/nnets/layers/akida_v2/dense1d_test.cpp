#include "nnets/layers/akida_v2/dense1d.h"

#include <doctest/doctest.h>

#include "tests/nnets/layer_fixture.h"

namespace glint::test {

TEST_CASE("Dense1D reads its input in the order (x, y, c)") {
  const auto layer = make("Dense1D", R"("units": 2, "output_bits": 16)");
  set(*layer, "weights", DType::I8, Shape{8, 2}, {1, 0, 2, 0, 3, 0, 4, 0, 5, 1, 6, 0, 7, 0, 8, -1});
  CHECK(evaluate(*layer, {s8(2, 2, 2)}, {{1, 0, 0, 0, 0, 0, 0, 0}}) == std::vector<int>{1, 0});
  CHECK(evaluate(*layer, {s8(2, 2, 2)}, {{0, 1, 0, 0, 3, 0, 0, 1}}) == std::vector<int>{25, 2});
}

TEST_CASE("Dense1D shifts each of its inputs") {
  const auto layer = make("Dense1D", R"("units": 1, "output_bits": 16)");
  set(*layer, "weights", DType::I8, Shape{3, 1}, {1, 1, 1});
  set(*layer, "input_shift", DType::U8, Shape{3}, {0, 1, 2});
  CHECK(evaluate(*layer, {s8(1, 1, 3)}, {{1, 1, -1}}) == std::vector<int>{-1});
}

TEST_CASE("Dense1D: no activation by default, shapes, errors") {
  const auto layer = make("Dense1D", R"("units": 7)");
  const std::vector<TensorType> input{s8(3, 4, 5)};
  CHECK(typeOf(*layer, input) == s8(1, 1, 7));
  CHECK(layer->macs(input) == 420);
  CHECK_FALSE(layer->fullyConvolutional());
  CHECK(static_cast<akida::Dense1D&>(*layer).post.activation == ActivationType::NoActivation);
  CHECK(errorOf(*make("Dense1D", R"("units": 0)"), input) == "units is 0, legal: 1 to 65536");
  CHECK(errorOf(*make("Dense1D", R"("units": 1, "activation": "LUT")"), input) ==
        "activation is LUT, legal: NoActivation, ReLU");
}

}  // namespace glint::test
