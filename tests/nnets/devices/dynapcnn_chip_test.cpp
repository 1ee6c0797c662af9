#include "nnets/devices/dynapcnn_chip.h"

#include <filesystem>

#include <doctest/doctest.h>

#include "core/file.h"
#include "core/json.h"
#include "tests/support/skip.h"

namespace glint::dynapcnn {
namespace {

ChipLayer layer(const Shape& in, int features, int kernel) {
  ChipLayer layer;
  layer.name = "conv";
  layer.in = in;
  layer.features = features;
  layer.kernel = {kernel, kernel};
  return layer;
}

Pair pairOf(const Json& json) {
  const Json::Array& values = *json.asArray();
  return {static_cast<int>(*values[0].asInt()), static_cast<int>(*values[1].asInt())};
}

Shape shapeOf(const Json& json) {
  Shape shape;
  for (const Json& extent : *json.asArray()) shape.append(*extent.asInt());
  return shape;
}

std::vector<int> integers(const Json& json) {
  std::vector<int> values;
  for (const Json& value : *json.asArray()) values.push_back(static_cast<int>(*value.asInt()));
  return values;
}

CoreMemory memoryIn(const Json& json) {
  return {*json.find("kernel")->asInt(), *json.find("neuron")->asInt(),
          *json.find("bias")->asInt()};
}

/// The layer that sinabs was asked about.
ChipLayer layerIn(const Json& json) {
  const Json& conv = *json.find("conv");
  ChipLayer layer;
  layer.name = "layer";
  layer.in = shapeOf(*json.find("in_shape"));
  layer.bias = *conv.find("bias")->asBool();
  if (*conv.find("type")->asString() == "Linear") {
    layer.features = static_cast<int>(*conv.find("out_features")->asInt());
    layer.kernel = {static_cast<int>(layer.in[1]), static_cast<int>(layer.in[2])};
  } else {
    layer.features = static_cast<int>(*conv.find("out_channels")->asInt());
    layer.kernel = pairOf(*conv.find("kernel_size"));
    layer.stride = pairOf(*conv.find("stride"));
    layer.padding = pairOf(*conv.find("padding"));
  }
  if (!json.find("pool")->isNull()) layer.pool = pairOf(*json.find("pool"));
  return layer;
}

void compare(const Json& golden) {
  const Result<ChipDevice> device = findChip(*golden.find("chip")->asString());
  REQUIRE(device.ok());
  const Chip& chip = device->chip;
  const Json::Array& cores = *golden.find("cores")->asArray();
  REQUIRE(chip.cores.size() == cores.size());
  for (std::size_t i = 0; i < cores.size(); ++i) CHECK(chip.cores[i] == memoryIn(cores[i]));

  std::vector<ChipLayer> layers;
  const Json::Array& fits = *golden.find("fits")->asArray();
  for (const Json& json : *golden.find("layers")->asArray()) {
    layers.push_back(layerIn(json));
    const ChipLayer& layer = layers.back();
    const CoreMemory memory = memoryOf(layer);
    CHECK(memory == memoryIn(*json.find("memory_summary")));
    CHECK(layer.neurons() == shapeOf(*json.find("neuron_shape")));
    CHECK(layer.out() == shapeOf(*json.find("output_shape")));
    CHECK(fittingCores(chip, memory) == integers(fits[layers.size() - 1]));
  }
  const Result<ChipMapping> mapping = mapOnChip(layers, chip);
  if (golden.find("error")->isNull()) {
    REQUIRE(mapping.ok());
    CHECK(mapping->cores == integers(*golden.find("assignment")));
  } else {
    REQUIRE_FALSE(mapping.ok());
    CHECK(mapping.error().message.find(*golden.find("error")->asString()) == 0);
  }
}

std::string limitError(const ChipLayer& layer) {
  const Status status = checkLimits(layer);
  return status.ok() ? "" : status.error().message;
}

}  // namespace

TEST_CASE("chips go by name, and by index where there are several") {
  for (const std::string& name : chipNames()) {
    const auto chip = findChip(name);
    REQUIRE(chip.ok());
    CHECK(chip->chip.name == name);
    CHECK(chip->index == 0);
    CHECK(chip->chip.cores.size() == (name.ends_with("mini") ? 5 : 9));
  }
  CHECK(findChip("speck2e:3")->index == 3);
  const Result<ChipDevice> unknown = findChip("speck9");
  REQUIRE_FALSE(unknown.ok());
  for (const std::string& name : chipNames()) {
    CHECK(unknown.error().message.find(name) != std::string::npos);
  }
  CHECK(unknown.error().message.find("no chip 'speck9'") == 0);
  for (const char* bad : {"speck2e:", "speck2e:x", "speck2e:-1", "speck2e:1x"}) {
    CHECK_FALSE(findChip(bad).ok());
  }
}

TEST_CASE("memories are rounded up to powers of two, axis by axis") {
  CHECK(memoryOf(layer({2, 34, 34}, 16, 5)).kernel == 1024);
  ChipLayer odd = layer({3, 11, 10}, 5, 3);
  odd.bias = true;
  CHECK(memoryOf(odd) == CoreMemory{384, 640, 5});  // neurons 9 x 8
  CHECK(memoryOf(layer({8, 4, 4}, 10, 4)) == CoreMemory{2048, 10, 0});
  CHECK(memoryOf(layer({1, 1, 1}, 1, 1)) == CoreMemory{1, 1, 0});
}

TEST_CASE("a layer of a model takes what the layer of sinabs says") {
  for (int round = 1; round < 30; ++round) {
    Conv2d conv;
    const int features = 1 + round % 7, channels = 1 + round % 3, rows = 1 + round % 5;
    conv.weight = Tensor(DType::F32, {features, channels, rows, 3});
    if (round % 2 == 0) conv.bias = Tensor(DType::F32, {features});
    conv.stride = {1 + round % 2, 2};
    conv.padding = {round % 3, 1};
    const auto layer = DynapcnnLayer::create(conv, {}, {channels, 9, 12}, Pair{2, 2}, false);
    REQUIRE(layer.ok());
    TensorType input;
    input.shape = {9, 12, channels};
    const ChipLayer facts = chipLayerOf(layer->layer(), input);
    CHECK(memoryOf(facts) == layer->memorySummary());
    CHECK(facts.neurons() == layer->getNeuronShape());
    CHECK(facts.out() == layer->getOutputShape());
  }
}

TEST_CASE("a layer moves to another core where that makes room") {
  CHECK(assignCores({{0, 1}, {0}}, 2) == std::vector<int>{1, 0});
  CHECK(assignCores({{0, 1}, {0, 2}, {0}}, 3) == std::vector<int>{1, 2, 0});
  CHECK_FALSE(assignCores({{1, 2}, {1, 2}, {1, 2}}, 9).has_value());
  CHECK_FALSE(assignCores({{}}, 9).has_value());
  CHECK(assignCores({}, 9) == std::vector<int>{});
}

TEST_CASE("a network that does not fit is told why") {
  const Chip chip = findChip("speck2cmini")->chip;
  ChipLayer large = layer({16, 64, 64}, 32, 3);
  large.name = "large";
  const auto none = mapOnChip({layer({2, 8, 8}, 2, 3), large}, chip);
  REQUIRE_FALSE(none.ok());
  CHECK(none.error().message.find("'large'") != std::string::npos);
  CHECK(none.error().message.find("fits no core") != std::string::npos);
  CHECK(none.error().message.find("'conv'") == std::string::npos);
  const auto many = mapOnChip(std::vector<ChipLayer>(6, layer({2, 8, 8}, 2, 3)), chip);
  REQUIRE_FALSE(many.ok());
  CHECK(many.error().message.find("6 layers fits some core") != std::string::npos);
}

TEST_CASE("limits of the hardware, and the value beside each") {
  ChipLayer good = layer({2, 128, 128}, 1024, 16);
  good.stride = {2, 8};
  good.padding = {7, 0};
  good.pool = {4, 4};
  CHECK(limitError(good).empty());
  const auto changed = [&](auto change) {
    ChipLayer bad = good;
    change(bad);
    return limitError(bad);
  };
  CHECK(changed([](auto& l) {
          l.kernel = {17, 17};
        }).find("'conv': kernel [17, 17]") != std::string::npos);
  CHECK(changed([](auto& l) { l.kernel = {2, 3}; }).find("square") != std::string::npos);
  CHECK(changed([](auto& l) {
          l.stride = {3, 2};
        }).find("stride [3, 2], legal: 1, 2, 4, 8") != std::string::npos);
  CHECK(changed([](auto& l) { l.padding = {0, 8}; }).find("padding [0, 8]") != std::string::npos);
  CHECK(changed([](auto& l) {
          l.pool = {3, 3};
        }).find("pool [3, 3], legal: 1, 2, 4") != std::string::npos);
  CHECK(changed([](auto& l) {
          l.in = {2, 128, 129};
        }).find("input [2, 128, 129]") != std::string::npos);
  CHECK(changed([](auto& l) { l.stride = {1, 8}; }).find("up to 64 rows") != std::string::npos);
  CHECK(changed([](auto& l) { l.features = 1025; }).find("1025 features") != std::string::npos);
}

TEST_CASE("memories, fitting cores and assignments are those of sinabs") {
  const std::string folder = "../shared/data/sinabs/mapping";
  std::error_code missing;
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder, missing)) {
    const auto bytes = readFile(entry.path().string());
    REQUIRE(bytes.ok());
    const auto golden = parseJson({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
    REQUIRE(golden.ok());
    CAPTURE(entry.path().string());
    compare(*golden);
    ++files;
  }
  if (files == 0) test::skip(folder + " is not here");
}

}  // namespace glint::dynapcnn
