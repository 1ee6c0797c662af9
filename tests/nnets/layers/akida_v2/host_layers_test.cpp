// InputData, Quantizer and Dequantizer: the layers at the edges of a model.

#include <limits>
#include <string>

#include <doctest/doctest.h>

#include "nnets/layers/akida/input_data.h"
#include "nnets/layers/akida_v2/dequantizer.h"
#include "nnets/layers/akida_v2/quantizer.h"
#include "tests/nnets/layer_fixture.h"

namespace glint::test {
namespace {

std::vector<int> quantize(const Layer& layer, const std::vector<float>& values) {
  const TensorType feed = *layer.feedType();
  const TensorType output = typeOf(layer, {feed});
  REQUIRE(checkVariables(layer, std::vector{feed}).ok());
  LayerState state;
  const std::vector<Tensor> inputs{Tensor::of(feed.shape, values)};
  const Tensor result = layer.reference(inputs, output, state);
  return {result.as<std::int32_t>().begin(), result.as<std::int32_t>().end()};
}

void setScales(Layer& layer, const std::vector<float>& scales) {
  const Shape shape{static_cast<std::int64_t>(scales.size())};
  layer.variables.insert_or_assign("scales", Tensor::of(shape, scales));
}

}  // namespace

TEST_CASE("InputData passes on what it is fed") {
  const auto layer = make("InputData", R"("input_shape": [1, 2, 1])");
  CHECK(*layer->feedType() == TensorType{Shape{1, 2, 1}, 4, false, false});
  CHECK(evaluate(*layer, {*layer->feedType()}, {{3, 15}}) == std::vector<int>{3, 15});
  CHECK(layer->macs({}) == 0);
  CHECK(layer->arity().most == 0);
}

TEST_CASE("InputData: any width that 32-bit signed integers hold") {
  const auto feed = [](const std::string& params) {
    return make("InputData", R"("input_shape": [1, 1, 1], )" + params)->feedType();
  };
  CHECK(feed(R"("input_bits": 1)").ok());
  CHECK(feed(R"("input_bits": 8)")->dtype() == DType::U8);
  CHECK(feed(R"("input_bits": 32, "input_signed": true)").ok());
  CHECK(feed(R"("input_bits": 31)").ok());
  CHECK(feed(R"("input_bits": 32)").error().message ==
        "input_bits is 32, legal: 1 to 31 (unsigned)");
  CHECK(feed(R"("input_bits": 0, "input_signed": true)").error().message ==
        "input_bits is 0, legal: 1 to 32 (signed)");
}

TEST_CASE("Quantizer rounds ties to even, adds zero points to unsigned outputs, clips") {
  auto layer = make("Quantizer", R"("input_shape": [1, 6, 1])");
  setScales(*layer, {2.0F});
  CHECK(quantize(*layer, {0.25F, 0.75F, -0.25F, -0.75F, 100.0F, -100.0F}) ==
        std::vector<int>{0, 2, 0, -2, 127, -128});
  auto plain = make("Quantizer", R"("input_shape": [1, 4, 1], "output_signed": false)");
  setScales(*plain, {1.0F});
  set(*plain, "zero_points", DType::U8, Shape{1}, {10});
  CHECK(quantize(*plain, {2.5F, -2.5F, -99.0F, 999.0F}) == std::vector<int>{12, 8, 0, 255});
}

TEST_CASE("Quantizer: scales by channel, extreme values") {
  auto layer = make("Quantizer", R"("input_shape": [1, 1, 3], "output_bits": 32)");
  setScales(*layer, {1.0F, 10.0F, 100.0F});
  CHECK(quantize(*layer, {1.0F, 1.0F, -1.0F}) == std::vector<int>{1, 10, -100});
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(quantize(*layer, {infinity, -infinity, 3e38F}) ==
        std::vector<int>{2147483647, -2147483647 - 1, 2147483647});
}

TEST_CASE("Quantizer: errors") {
  auto layer = make("Quantizer", R"("input_shape": [1, 1, 3])");
  const std::vector<TensorType> feed{*layer->feedType()};
  CHECK(feed[0].dtype() == DType::F32);
  CHECK(holds(errorOf(*layer, feed), {"'scales' is missing", "float32 [3]"}));
  setScales(*layer, {1.0F, std::numeric_limits<float>::quiet_NaN(), 1.0F});
  CHECK(holds(errorOf(*layer, feed), {"'scales' element 1", "not a finite number"}));
  setScales(*layer, {1.0F, 1.0F});
  CHECK(holds(errorOf(*layer, feed), {"'scales' has shape [2], legal: [3] or [1]"}));
  const auto first = make("Quantizer", R"("input_shape": [1, 1, 3], "channels_first": true)");
  CHECK(holds(errorOf(*first, feed), {"channels_first is true"}));
  const auto wide =
      make("Quantizer", R"("input_shape": [1, 1, 3], "output_bits": 32, "output_signed": false)");
  CHECK(holds(errorOf(*wide, feed), {"output_bits is 32, legal: 1 to 31 (unsigned)"}));
}

TEST_CASE("Dequantizer multiplies in binary32") {
  const auto layer = make("Dequantizer");
  layer->variables.insert_or_assign("scales", Tensor::of<float>(Shape{2}, {0.5F, 0.1F}));
  const std::vector<TensorType> types{{Shape{1, 2, 2}, 32, true, false}};
  const TensorType output = typeOf(*layer, types);
  CHECK(output.isFloat);
  CHECK(checkVariables(*layer, types).ok());
  LayerState state;
  const std::vector<Tensor> inputs{tensorOf(DType::I32, Shape{1, 2, 2}, {3, 3, -1, 16777217})};
  const Tensor result = layer->reference(inputs, output, state);
  CHECK(result.as<float>()[0] == 1.5F);
  CHECK(result.as<float>()[1] == 3.0F * 0.1F);
  CHECK(result.as<float>()[2] == -0.5F);
  CHECK(result.as<float>()[3] == 16777216.0F * 0.1F);
  CHECK(holds(errorOf(*layer, {output}), {"float32 [1, 2, 2]", "integers"}));
}

}  // namespace glint::test
