#include "nnets/layers/akida_temporal/buffer_temp_conv.h"

#include <string>

#include <doctest/doctest.h>

#include "nnets/layers/akida_temporal/depthwise_buffer_temp_conv.h"
#include "tests/nnets/layer_fixture.h"

namespace glint::test {
namespace {

const std::string kPlain = R"(, "activation": "NoActivation", "output_bits": 16)";

/// One channel, one filter, three steps with these weights, the oldest first.
std::unique_ptr<Layer> threeSteps(const std::string& params = "") {
  auto layer = make("BufferTempConv", R"("filters": 1, "fifo_size": 3)" + kPlain + params);
  set(*layer, "weights", DType::I8, Shape{1, 1, 3, 1}, {1, 10, 100});
  return layer;
}

}  // namespace

TEST_CASE("BufferTempConv: every push gives an output; the newest entry is the last") {
  const auto layer = threeSteps();
  LayerState state;
  const std::vector<TensorType> in{s8(1, 1, 1)};
  CHECK(evaluate(*layer, in, {{1}}, state) == std::vector<int>{100});
  CHECK(evaluate(*layer, in, {{2}}, state) == std::vector<int>{210});
  CHECK(evaluate(*layer, in, {{3}}, state) == std::vector<int>{321});
  CHECK(evaluate(*layer, in, {{0}}, state) == std::vector<int>{32});
  state.clear();
  CHECK(evaluate(*layer, in, {{1}}, state) == std::vector<int>{100});
}

TEST_CASE("BufferTempConv: the FIFO holds raw inputs, the shift acts when they are read") {
  const auto layer = threeSteps(R"(, "buffer_bits": 9)");
  set(*layer, "weights", DType::I8, Shape{1, 1, 3, 1}, {1, 1, 1});
  set(*layer, "input_shift", DType::U8, Shape{1}, {2});
  LayerState state;
  const std::vector<TensorType> in{s8(1, 1, 1)};
  CHECK(evaluate(*layer, in, {{10}}, state) == std::vector<int>{40});
  // 100 << 2 saturates to 255, and so does the sum.
  CHECK(evaluate(*layer, in, {{100}}, state) == std::vector<int>{255});
  CHECK(evaluate(*layer, in, {{-100}}, state) == std::vector<int>{40 + 255 - 256});
  CHECK(state.at("fifo") == tensorOf(DType::I32, Shape{1, 1, 3, 1}, {10, 100, -100}));
}

TEST_CASE("BufferTempConv mixes channels, weights T-major") {
  const auto layer = make("BufferTempConv", R"("filters": 2, "fifo_size": 2)" + kPlain);
  set(*layer, "weights", DType::I8, Shape{1, 1, 4, 2}, {1, 0, 2, 0, 3, 0, 4, 1});
  LayerState state;
  const std::vector<TensorType> in{s8(1, 2, 2)};
  CHECK(evaluate(*layer, in, {{1, 0, 0, 1}}, state) == std::vector<int>{3, 0, 4, 1});
  CHECK(evaluate(*layer, in, {{0, 0, 0, 0}}, state) == std::vector<int>{1, 0, 2, 0});
}

TEST_CASE("DepthwiseBufferTempConv keeps channels apart; its whole sum saturates") {
  const auto layer =
      make("DepthwiseBufferTempConv", R"("fifo_size": 2, "activation": false, "output_bits": 8)");
  set(*layer, "weights", DType::I8, Shape{1, 1, 2, 2}, {1, 10, 2, 20});
  LayerState state;
  const std::vector<TensorType> in{s8(1, 1, 2)};
  CHECK(evaluate(*layer, in, {{3, 1}}, state) == std::vector<int>{6, 20});
  CHECK(evaluate(*layer, in, {{0, 2}}, state) == std::vector<int>{3, 50});
  const auto narrow =
      make("DepthwiseBufferTempConv", R"("fifo_size": 2, "activation": false, "buffer_bits": 8)");
  set(*narrow, "weights", DType::I8, Shape{1, 1, 2, 1}, {-2, 2});
  state.clear();
  CHECK(evaluate(*narrow, {s8(1, 1, 1)}, {{100}}, state) == std::vector<int>{127});
  CHECK(evaluate(*narrow, {s8(1, 1, 1)}, {{100}}, state) == std::vector<int>{0});  // 200 - 200
}

TEST_CASE("temporal convolutions: shapes, state, variables, multiply-accumulates") {
  const auto layer = make("BufferTempConv", R"("filters": 5, "fifo_size": 4)");
  const std::vector<TensorType> input{unsignedOf(4, 3, 2, 6)};
  CHECK(typeOf(*layer, input) == s8(3, 2, 5));
  CHECK(layer->macs(input) == 3 * 2 * 4 * 6 * 5);
  CHECK(layer->hasActivation());
  CHECK(layer->variableTable(input)[0].shape == Shape{1, 1, 24, 5});
  CHECK(layer->variableTable(input)[1].shape == Shape{6});
  const std::vector<StateDecl> state = layer->stateTable(input);
  REQUIRE(state.size() == 1);
  CHECK(state[0].name == "fifo");
  CHECK(state[0].type == TensorType{Shape{3, 2, 4, 6}, 4, false, false});

  const auto depthwise = make("DepthwiseBufferTempConv", R"("fifo_size": 4, "output_bits": 4)");
  CHECK(typeOf(*depthwise, input) == unsignedOf(4, 3, 2, 6));
  CHECK(depthwise->macs(input) == 3 * 2 * 4 * 6);
  CHECK(depthwise->variableTable(input)[0].shape == Shape{1, 1, 4, 6});
  CHECK(make("Dense1D", R"("units": 1)")->stateTable(input).empty());
}

TEST_CASE("temporal convolutions: illegal parameters are named") {
  const auto error = [](const std::string& type, const std::string& params) {
    return errorOf(*make(type, params), {s8(4, 6, 2)});
  };
  CHECK(error("BufferTempConv", R"("filters": 0, "fifo_size": 3)") ==
        "filters is 0, legal: 1 to 65536");
  CHECK(error("BufferTempConv", R"("filters": 1, "fifo_size": 0)") ==
        "fifo_size is 0, legal: 1 to 65536");
  CHECK(error("DepthwiseBufferTempConv", R"("fifo_size": 65537)") ==
        "fifo_size is 65537, legal: 1 to 65536");
  CHECK(error("DepthwiseBufferTempConv", R"("fifo_size": 3, "activation": "LUT")") ==
        "activation is LUT, legal: NoActivation, ReLU");
  CHECK(error("BufferTempConv", R"("filters": 1, "fifo_size": 3, "weights_bits": 9)") ==
        "weights_bits is 9, legal: 2 to 8");
  CHECK(holds(errorOf(*make("DepthwiseBufferTempConv", R"("fifo_size": 65536)"), {s8(256, 256, 1)}),
              {"the FIFO has shape [256, 256, 65536, 1]", "less than 2^31"}));
  CHECK(holds(paramsError("BufferTempConv", R"("filters": 1)"), {"fifo_size"}));
}

}  // namespace glint::test
