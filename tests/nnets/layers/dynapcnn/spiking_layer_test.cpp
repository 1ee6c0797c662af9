#include "nnets/layers/dynapcnn/spiking_layer.h"

#include <string>

#include <doctest/doctest.h>

#include "tests/nnets/layer_fixture.h"

namespace glint::test {
namespace {

using Ints = std::vector<int>;

/// One neuron that reads one count, weight 1.
std::unique_ptr<Layer> oneNeuron(int threshold, const std::string& params = "") {
  auto layer = make("dynapcnn.DynapcnnLayer", R"("filters": 1, "kernel_size": [1, 1])" + params);
  set(*layer, "weights", DType::I8, Shape{1, 1, 1, 1}, {1});
  set(*layer, "threshold", DType::I32, Shape{1}, {threshold});
  return layer;
}

const std::vector<TensorType> kOne{s8(1, 1, 1)};

int membraneOf(const LayerState& state) {
  return static_cast<int>(state.at("membrane").integer(0));
}

/// Spikes of one neuron for these inputs, one a step.
Ints spikesOf(const Layer& layer, const Ints& inputs, LayerState& state) {
  Ints spikes;
  for (int in : inputs) spikes.push_back(evaluate(layer, kOne, {{in}}, state)[0]);
  return spikes;
}

}  // namespace

TEST_CASE("SpikingLayer: a neuron fires as often as the threshold fits, and keeps the rest") {
  LayerState state;
  const auto layer = oneNeuron(5);
  CHECK(spikesOf(*layer, {4, 1, 14, 1, -7, 6, 3}, state) == Ints{0, 1, 2, 1, 0, 0, 0});
  CHECK(membraneOf(state) == 2);
}

TEST_CASE("SpikingLayer: single and limited spikes leave what they do not take") {
  LayerState state;
  CHECK(spikesOf(*oneNeuron(5, R"(, "max_spikes": 1)"), {17, 0, 0, 0}, state) == Ints{1, 1, 1, 0});
  CHECK(membraneOf(state) == 2);
  state.clear();
  CHECK(spikesOf(*oneNeuron(5, R"(, "max_spikes": 2)"), {17, 0, 0}, state) == Ints{2, 1, 0});
}

TEST_CASE("SpikingLayer: another value is subtracted, or the membrane is reset") {
  LayerState state;
  auto layer = oneNeuron(5);
  set(*layer, "subtract_value", DType::I32, Shape{1}, {7});
  CHECK(spikesOf(*layer, {11, 0}, state) == Ints{2, 0});
  CHECK(membraneOf(state) == -3);
  state.clear();
  layer = oneNeuron(5, R"(, "reset_to_value": true)");
  CHECK(spikesOf(*layer, {4, 8, 2}, state) == Ints{0, 2, 0});
  CHECK(membraneOf(state) == 2);
  // The value is added to all neurons, those that did not fire too.
  state.clear();
  set(*layer, "reset_value", DType::I32, Shape{1}, {3});
  CHECK(spikesOf(*layer, {1, 0, 0, 0}, state) == Ints{0, 0, 1, 0});
  CHECK(membraneOf(state) == 6);
}

TEST_CASE("SpikingLayer: the lower bound comes last, and membranes saturate") {
  LayerState state;
  auto layer = oneNeuron(5);
  set(*layer, "min_v_mem", DType::I32, Shape{1}, {-2});
  CHECK(spikesOf(*layer, {-9, 7}, state) == Ints{0, 1});
  CHECK(membraneOf(state) == 0);
  state.clear();
  set(*layer, "min_v_mem", DType::I32, Shape{1}, {4});  // above what a spike leaves
  CHECK(spikesOf(*layer, {0, 1, 1}, state) == Ints{0, 1, 1});
  layer = oneNeuron(4194303, R"(, "max_spikes": 1)");
  state["membrane"] = tensorOf(DType::I32, Shape{1, 1, 1}, {4194300});
  CHECK(spikesOf(*layer, {100}, state) == Ints{1});
  CHECK(membraneOf(state) == 0);
  state["membrane"] = tensorOf(DType::I32, Shape{1, 1, 1}, {-4194300});
  CHECK(spikesOf(*layer, {-100}, state) == Ints{0});
  CHECK(membraneOf(state) == -4194304);
}

TEST_CASE("SpikingLayer: windows, strides, padding and pooling by hand") {
  // Rows are x: a kernel of 2 rows and 1 column, stride 1 and 2, one row of padding.
  auto layer = make("dynapcnn.DynapcnnLayer",
                    R"("filters": 1, "kernel_size": [2, 1], "stride": [1, 2], "padding": [1, 0],
                       "pool": [1, 2])");
  set(*layer, "weights", DType::I8, Shape{2, 1, 1, 1}, {1, 10});
  set(*layer, "threshold", DType::I32, Shape{1}, {1});
  const std::vector<TensorType> in{u8(2, 5, 1)};
  CHECK(typeOf(*layer, in).shape == Shape{3, 1, 1});
  LayerState state;
  // Columns 0, 2, 4; the pool drops the third. Rows -1 and 0: 10 * (1 + 3); 0 and 1: ...
  CHECK(evaluate(*layer, in, {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}, state) ==
        Ints{40, 4 + 10 * 14, 14});
  CHECK(layer->macs(in) == 3 * 3 * 2);
}

TEST_CASE("SpikingLayer: counts saturate where a limit is given; the type follows") {
  LayerState state;
  auto layer = oneNeuron(1, R"(, "count_limit": 100)");
  CHECK(spikesOf(*layer, {127, 99}, state) == Ints{100, 99});
  CHECK(typeOf(*layer, kOne).bits == 7);
  CHECK(typeOf(*oneNeuron(1, R"(, "max_spikes": 1)"), kOne).bits == 1);
  CHECK(typeOf(*oneNeuron(1), kOne).bits == 22);
  CHECK(typeOf(*oneNeuron(1, R"(, "integers": false)"), kOne).bits == 31);
}

TEST_CASE("SpikingLayer: every input's largest exact count follows from the weights") {
  auto layer = make("dynapcnn.DynapcnnLayer", R"("filters": 2, "kernel_size": [1, 1])");
  set(*layer, "weights", DType::I8, Shape{1, 1, 2, 2}, {100, -2, -28, 1});
  set(*layer, "threshold", DType::I32, Shape{1}, {5});
  CHECK(static_cast<const dynapcnn::SpikingLayer&>(*layer).exactInputLimit() == 16777215 / 129);
}

TEST_CASE("SpikingLayer: illegal parameters and variables are named") {
  const auto error = [](const std::string& params, const TensorType& in) {
    return errorOf(*make("dynapcnn.DynapcnnLayer", R"("filters": 1)" + params), {in});
  };
  CHECK(error(R"(, "kernel_size": [4, 1])", u8(3, 3, 1)) ==
        "kernel_size is 4 along an axis of 3 rows with padding, legal: at most as many");
  CHECK(error(R"(, "kernel_size": [2, 2], "pool": [1, 3])", u8(3, 3, 1)) ==
        "pool is 3 along an axis of 2 neurons, legal: at most as many");
  CHECK(error(R"(, "kernel_size": [1, 1], "max_spikes": -1)", u8(3, 3, 1)) ==
        "max_spikes is -1, legal: 0 to 4194303");
  CHECK(holds(error(R"(, "kernel_size": [1, 1])", u8(3, 3, 1)), {"'weights' is missing"}));
  auto layer = oneNeuron(5);
  layer->variables.erase("threshold");
  set(*layer, "threshold", DType::I32, Shape{1}, {0});
  CHECK(holds(errorOf(*layer, kOne), {"'threshold' element 0 is 0", "legal: 1 to 4194303"}));
}

TEST_CASE("SpikingLayer in floating point rounds as sinabs does") {
  auto layer =
      make("dynapcnn.DynapcnnLayer", R"("filters": 1, "kernel_size": [1, 1], "integers": false)");
  layer->variables["weights"] = Tensor::of(Shape{1, 1, 1, 1}, std::vector<float>{.3f});
  setFloats(*layer, "threshold", {1});
  setFloats(*layer, "min_v_mem", {-1});
  const TensorType out = typeOf(*layer, kOne);
  REQUIRE(checkVariables(*layer, kOne).ok());
  LayerState state;
  const Tensor in = tensorOf(DType::I32, Shape{1, 1, 1}, {4});
  CHECK(layer->reference(std::span(&in, 1), out, state).integer(0) == 1);
  // max(v - min, 0) + min rounds where max(v, min) would not.
  const float u = 0.3f * 4;
  CHECK(state.at("membrane").as<float>()[0] == (u - 1.f - -1.f) + -1.f);
}

}  // namespace glint::test
