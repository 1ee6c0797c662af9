#include "nnets/devices/dynapcnn_config.h"

#include <doctest/doctest.h>

#include "core/file.h"
#include "core/safetensors.h"
#include "nnets/layers/dynapcnn/dynapcnn_network.h"
#include "tests/support/skip.h"

namespace glint::dynapcnn {
namespace {

/// One feature of two channels, a kernel of 2x2 on 3x4.
ChipLayer smallLayer() {
  ChipLayer layer;
  layer.name = "small";
  layer.in = {2, 3, 4};
  layer.features = 1;
  layer.kernel = {2, 2};
  layer.stride = {1, 2};
  layer.padding = {0, 1};
  return layer;
}

ChipParameters smallParameters() {
  ChipParameters parameters;
  parameters.weights = Tensor::of<std::int8_t>({1, 2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, -8});
  parameters.threshold = 9;
  return parameters;
}

std::string errorOf(const ChipLayer& layer, const ChipParameters& parameters,
                    const std::vector<ChipDestination>& to = {}) {
  const auto config = coreConfig(layer, parameters, to);
  REQUIRE_FALSE(config.ok());
  CHECK(config.error().message.find("layer 'small': ") == 0);
  return config.error().message;
}

bool has(const std::string& text, const char* part) {
  CAPTURE(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("columns come before rows") {
  ChipParameters parameters = smallParameters();
  parameters.bias = Tensor::of<std::int8_t>({1}, {-1});
  parameters.membrane = Tensor::of<std::int16_t>({1, 2, 3}, {1, 2, 3, 4, 5, 6});
  parameters.minVMem = -4;
  parameters.resetToValue = true;
  const auto config = coreConfig(smallLayer(), parameters, {{3, 2}});
  REQUIRE(config.ok());
  CHECK(config->dump() ==
        "{\"destinations\":[{\"layer\":3,\"enable\":true,\"pooling\":2},{}],"
        "\"dimensions\":{\"input_shape\":{\"size\":{\"x\":4,\"y\":3},\"feature_count\":2},"
        "\"output_shape\":{\"size\":{\"x\":3,\"y\":2},\"feature_count\":1},"
        "\"padding\":{\"x\":1,\"y\":0},\"stride\":{\"x\":2,\"y\":1},\"kernel_size\":2},"
        "\"weights\":[[[[1,3],[2,4]],[[5,7],[6,-8]]]],\"biases\":[-1],\"leak_enable\":true,"
        "\"return_to_zero\":true,\"threshold_high\":9,\"threshold_low\":-4,"
        "\"monitor_enable\":false,\"neurons_initial_value\":[[[1,4],[2,5],[3,6]]]}");
}

TEST_CASE("what is left out: no bias, no floor, zeros") {
  const auto config = coreConfig(smallLayer(), smallParameters());
  REQUIRE(config.ok());
  CHECK(*config->find("biases") == Json(Json::Array{0}));
  CHECK(*config->find("leak_enable") == Json(false));
  CHECK(*config->find("threshold_low") == Json(-32768));
  CHECK(config->find("neurons_initial_value")->dump() == "[[[0,0],[0,0],[0,0]]]");
}

TEST_CASE("numbers and shapes that a core does not take") {
  ChipParameters bad = smallParameters();
  bad.weights = Tensor::of<std::int16_t>({1, 2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 128});
  CHECK(has(errorOf(smallLayer(), bad), "weights 128, legal: -128 to 127"));
  bad = smallParameters();
  bad.bias = Tensor(DType::I8, {2});
  CHECK(has(errorOf(smallLayer(), bad), "bias [2] of int8, legal: integers [1]"));
  bad = smallParameters();
  bad.threshold = 32768;
  CHECK(has(errorOf(smallLayer(), bad), "threshold 32768"));
  bad = smallParameters();
  bad.membrane = Tensor(DType::F32, {1, 2, 3});
  CHECK(has(errorOf(smallLayer(), bad), "membrane [1, 2, 3] of float32"));
  ChipLayer wide = smallLayer();
  wide.kernel = {2, 3};
  CHECK(has(errorOf(wide, smallParameters()), "kernel [2, 3], legal: square"));
  CHECK(has(errorOf(smallLayer(), smallParameters(), {{0}, {1}, {2}}), "3 destinations"));
}

TEST_CASE("a model's layers go to their cores, each to the next") {
  const auto layerOf = [](std::optional<Pair> pool, float threshold) {
    Conv2d conv;
    std::vector<float> weights;
    for (int i = 0; i < 2 * 2 * 2 * 2; ++i) weights.push_back(static_cast<float>(i - 5));
    conv.weight = Tensor::of(Shape{2, 2, 2, 2}, weights);
    IafSqueeze spk;
    spk.threshold = threshold;
    spk.minVMem = -threshold;
    const Shape in = pool ? Shape{2, 5, 5} : Shape{2, 2, 2};
    auto layer = DynapcnnLayer::create(conv, spk, in, pool, false);
    REQUIRE(layer.ok());
    return *std::move(layer);
  };
  const auto net = DynapcnnNetwork::of({layerOf(Pair{2, 2}, 7), layerOf({}, 9)}, {}, {2, 5, 5});
  REQUIRE(net.ok());
  const Chip chip = findChip("speck2e")->chip;
  const auto config = networkConfig(net->model(), chip);
  REQUIRE(config.ok());
  const Json::Array& layers = *config->asArray();
  REQUIRE(layers.size() == 2);
  CHECK(*layers[0].find("core") == Json(0));
  CHECK(*layers[1].find("core") == Json(1));
  const Json& first = *layers[0].find("config");
  CHECK(first.find("destinations")->dump() == "[{\"layer\":1,\"enable\":true,\"pooling\":2},{}]");
  CHECK(first.find("weights")->dump() ==
        "[[[[-5,-3],[-4,-2]],[[-1,1],[0,2]]],[[[3,5],[4,6]],[[7,9],[8,10]]]]");
  CHECK(*first.find("threshold_high") == Json(7));
  CHECK(*first.find("threshold_low") == Json(-7));
  CHECK(layers[1].find("config")->find("destinations")->dump() == "[{},{}]");
  CHECK_FALSE(networkConfig(Model(), chip).ok());
}

TEST_CASE("what a chip does not do is named") {
  SpikingLayer layer;
  layer.name = "small";
  layer.integers = false;
  CHECK(has(chipParametersOf(layer).error().message, "does not compute in integers"));
  layer.integers = true;
  layer.variables["threshold"] = Tensor::of<std::int32_t>({1}, {5});
  layer.variables["subtract_value"] = Tensor::of<std::int32_t>({1}, {4});
  CHECK(has(chipParametersOf(layer).error().message, "subtract_value 4, legal: the threshold, 5"));
  layer.variables.erase("subtract_value");
  layer.resetToValue = true;
  layer.variables["reset_value"] = Tensor::of<std::int32_t>({1}, {-1});
  CHECK(has(chipParametersOf(layer).error().message, "reset_value -1, legal: 0"));
}

TEST_CASE("the configuration of a core is the one that sinabs writes") {
  const std::string folder = "../shared/data/sinabs/";
  const auto bytes = readFile(folder + "config_dict_gesture_last.json");
  const auto net = readSafeTensors(folder + "nets/gesture_net_dvxplorer.safetensors");
  if (!bytes.ok() || !net.ok()) return test::skip(folder + " is not here");
  const auto golden = parseJson({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  REQUIRE(golden.ok());
  ChipLayer layer;
  layer.name = "last";
  layer.in = {128, 1, 1};
  layer.features = 11;
  ChipParameters parameters;
  parameters.weights = net->tensors.at("l8_weights");
  parameters.threshold = *golden->find("threshold_high")->asInt();
  parameters.minVMem = -parameters.threshold;
  parameters.membrane = net->tensors.at("l8_v_mem_end");
  auto config = coreConfig(layer, parameters);
  REQUIRE(config.ok());
  // The recording that left these membranes behind is another one than that of the network's file.
  const Json* initial = golden->find("neurons_initial_value");
  if (*config->find("neurons_initial_value") != *initial) {
    std::vector<std::int16_t> membrane;
    for (const Json& value : *initial->asArray()) {
      membrane.push_back(static_cast<std::int16_t>(*(*(*value.asArray())[0].asArray())[0].asInt()));
    }
    parameters.membrane = Tensor::of(Shape{11, 1, 1}, membrane);
    config = coreConfig(layer, parameters);
    REQUIRE(config.ok());
  }
  CHECK(*config == *golden);
}

}  // namespace glint::dynapcnn
