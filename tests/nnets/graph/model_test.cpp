#include "nnets/graph/model.h"

#include <algorithm>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "tests/nnets/layer_fixture.h"

namespace glint::test {
namespace {

std::unique_ptr<Layer> named(std::unique_ptr<Layer> layer, std::string name,
                             std::vector<std::string> inbounds = {}) {
  layer->name = std::move(name);
  layer->inbounds = std::move(inbounds);
  return layer;
}

std::unique_ptr<Layer> input(const std::string& name, int x = 4, int y = 6) {
  return named(
      make("InputData", "\"input_shape\": [" + std::to_string(x) + ", " + std::to_string(y) +
                            R"(, 2], "input_bits": 8, "input_signed": true)"),
      name);
}

std::unique_ptr<Layer> conv(const std::string& name, const std::string& inbound) {
  auto layer = make("Conv2D", R"("filters": 2, "kernel_size": 1, "activation": false)");
  set(*layer, "weights", DType::I8, Shape{1, 1, 2, 2}, {1, 0, 0, 1});
  return named(std::move(layer), name, {inbound});
}

/// a and b are fed; c = conv(a), d = c + b.
Model diamond() {
  Model model;
  REQUIRE(model.add(input("a")).ok());
  REQUIRE(model.add(input("b")).ok());
  REQUIRE(model.add(conv("c", "a")).ok());
  REQUIRE(model.add(named(make("Add"), "d", {"c", "b"})).ok());
  return model;
}

std::string addError(Model& model, std::unique_ptr<Layer> layer) {
  const int before = model.layerCount();
  const Status status = model.add(std::move(layer));
  CHECK(model.layerCount() == before);
  return status.ok() ? "" : status.error().message;
}

}  // namespace

TEST_CASE("a model knows its feeds, outputs, types and work") {
  const Model model = diamond();
  CHECK(model.layerCount() == 4);
  CHECK(model.feeds() == std::vector<int>{0, 1});
  CHECK(model.outputs() == std::vector<int>{3});
  CHECK(model.find("c") == 2);
  CHECK(model.find("x") == -1);
  CHECK(model.inboundsOf(3) == std::vector<int>{2, 1});
  CHECK(model.inputTypes(0).size() == 1);
  CHECK(model.inputTypes(3)[1] == s8(4, 6, 2));
  CHECK(model.outputType(3) == s8(4, 6, 2));
  CHECK(model.macs() == 4 * 6 * 4);
  CHECK(model.fullyConvolutional());
}

TEST_CASE("what cannot be added leaves the model as it was") {
  Model model = diamond();
  CHECK(holds(addError(model, input("")), {"layer '' (InputData)", "not empty"}));
  CHECK(holds(addError(model, input("x/y")), {"'x/y'", "without '/'"}));
  CHECK(holds(addError(model, input("c")), {"'c'", "taken"}));
  CHECK(holds(addError(model, input("a\xff")), {"legal: UTF-8"}));
  CHECK(holds(addError(model, input(std::string("a\0b", 3))), {"legal: UTF-8"}));
  CHECK(addError(model, conv("e", "x")) ==
        "layer 'e' (Conv2D): the inbound is 'x', legal: the name of an earlier layer");
  CHECK(addError(model, named(make("Add"), "e", {"a"})) ==
        "layer 'e' (Add): has 1 inbounds, legal: 2");
  CHECK(holds(addError(model, named(make("Concatenate"), "e", {"a"})), {"legal: 2 or more"}));
  CHECK(holds(addError(model, named(input("e"), "e", {"a"})), {"has 1 inbounds, legal: 0"}));
  CHECK(addError(model, named(make("Add"), "e")) ==
        "layer 'e' (Add): cannot stand first: it needs an inbound layer");
  CHECK(
      holds(addError(model, named(make("Conv2D", R"("filters": 0, "kernel_size": 1)"), "e", {"a"})),
            {"layer 'e' (Conv2D): filters is 0"}));
  CHECK(
      holds(addError(model, named(make("Conv2D", R"("filters": 1, "kernel_size": 1)"), "e", {"a"})),
            {"layer 'e' (Conv2D): variable 'weights' is missing"}));
  CHECK(holds(addError(model, input("e", 0)), {"layer 'e' (InputData)", "[0, 6, 2]"}));
}

TEST_CASE("layers of Akida 1.0 and 2.0 do not mix; InputData serves both") {
  const auto narrow = [](const std::string& name) {
    return named(make("InputData", R"("input_shape": [4, 6, 2], "input_bits": 4)"), name);
  };
  const auto dense = [](const std::string& name, const std::string& inbound) {
    return named(make("FullyConnected", R"("units": 3, "act_bits": 4)"), name, {inbound});
  };
  Model first;
  REQUIRE(first.add(narrow("a")).ok());
  REQUIRE(first.add(dense("b", "a")).ok());
  CHECK(addError(first, conv("c", "a")) ==
        "layer 'c' (Conv2D): is a layer of Akida 2.0, but layer 'b' (FullyConnected) is one of "
        "Akida 1.0, legal: one version in a model");
  REQUIRE(first.add(narrow("d")).ok());
  REQUIRE(first.add(dense("e", "b")).ok());
  Model second;
  REQUIRE(second.add(narrow("a")).ok());
  REQUIRE(second.add(conv("b", "a")).ok());
  CHECK(holds(addError(second, dense("c", "a")),
              {"layer 'c' (FullyConnected): is a layer of Akida 1.0", "layer 'b' (Conv2D)"}));
}

TEST_CASE("every Akida layer but InputData belongs to one version") {
  const std::vector<std::string_view> v1{"InputConvolutional", "Convolutional",
                                         "SeparableConvolutional", "FullyConnected"};
  for (const std::string_view type : layerTypes()) {
    CAPTURE(std::string(type));
    const bool isV1 = std::find(v1.begin(), v1.end(), type) != v1.end();
    const auto version = makeLayer(type)->ipVersion();
    if (type == "InputData" || type.starts_with("dynapcnn.")) {
      CHECK_FALSE(version.has_value());
    } else {
      CHECK(version == (isV1 ? IpVersion::V1 : IpVersion::V2));
    }
  }
}

TEST_CASE("predict: numbers as they are, unless the layer says otherwise") {
  const Tensor sums = tensorOf(DType::I32, Shape{1, 1, 3}, {-3, 0, 16777217});
  CHECK(conv("c", "a")->predicted(sums) ==
        Tensor::of<float>(Shape{1, 1, 3}, {-3.F, 0.F, 16777216.F}));
  const Tensor real = Tensor::of<float>(Shape{1, 1, 1}, {0.5F});
  CHECK(make("Dequantizer")->predicted(real) == real);
  CHECK_FALSE(conv("c", "a")->hasActivation());
  CHECK(make("Conv2D", R"("filters": 2, "kernel_size": 1)")->hasActivation());
  CHECK_FALSE(make("Add")->hasActivation());
}

TEST_CASE("the last layer can be taken out, with its variables") {
  Model model = diamond();
  REQUIRE(model.add(conv("e", "d")).ok());
  const std::unique_ptr<Layer> last = model.popLayer();
  REQUIRE(last != nullptr);
  CHECK(last->name == "e");
  CHECK(last->variable("weights", 3) == 1);
  CHECK(model.layerCount() == 4);
  CHECK(model.outputs() == std::vector<int>{3});
  CHECK(Model().popLayer() == nullptr);
}

TEST_CASE("a variable is set whole, or not at all") {
  Model model = diamond();
  const Tensor twos = tensorOf(DType::I8, Shape{1, 1, 2, 2}, {2, 2, 2, 2});
  REQUIRE(model.setVariable(2, "weights", twos).ok());
  CHECK(model.layer(2).variables.find("weights")->second == twos);
  const Status wrong = model.setVariable(2, "weights", Tensor(DType::I8, Shape{1, 1, 2, 1}));
  CHECK(holds(wrong.error().message, {"layer 'c' (Conv2D): variable 'weights'", "[1, 1, 2, 1]"}));
  CHECK(model.setVariable(2, "waits", twos).error().code == Errc::Value);
  CHECK(model.layer(2).variables.find("weights")->second == twos);
  CHECK(model.layer(2).variables.size() == 1);
}

TEST_CASE("what is wrong only together leaves no trace, either") {
  // A mean over 300x300 pixels of 255: 94 is beyond int32, and there was no weight before.
  Model model;
  auto mean = make("InputConvolutional", R"("input_shape": [300, 300, 1], "filters": 1,
                     "kernel_size": [1, 1], "weights_bits": 8, "pool_type": "Average")");
  REQUIRE(model.add(std::move(mean)).ok());
  const Status status =
      model.setVariable(0, "weights", tensorOf(DType::I8, Shape{1, 1, 1, 1}, {94}));
  CHECK(holds(status.error().message, {"layer 'it' (InputConvolutional)", "2157300000"}));
  CHECK_FALSE(model.layer(0).hasVariable("weights"));
}

TEST_CASE("layers that are built by hand may start from neutral variables") {
  const auto bare = [] {
    return named(make("Conv2D", R"("filters": 3, "kernel_size": 1)"), "e", {"a"});
  };
  Model model = diamond();
  CHECK(holds(addError(model, bare()), {"variable 'weights' is missing"}));
  REQUIRE(model.add(bare(), Model::Missing::Neutral).ok());
  CHECK(model.layer(4).variables.size() == 1);
  CHECK(model.layer(4).variables.find("weights")->second == Tensor(DType::I8, Shape{1, 1, 2, 3}));
  auto scales = named(make("Dequantizer"), "f", {"e"});
  REQUIRE(model.add(std::move(scales), Model::Missing::Neutral).ok());
  CHECK(model.layer(5).variables.find("scales")->second ==
        Tensor::of<float>(Shape{3}, {1.F, 1.F, 1.F}));
}

TEST_CASE("a copy is independent") {
  Model model = diamond();
  Model copy = model;
  REQUIRE(copy.add(conv("e", "d")).ok());
  CHECK(model.layerCount() == 4);
  CHECK(copy.layerCount() == 5);
  CHECK(&copy.layer(0) != &model.layer(0));
  model = copy;
  CHECK(model.layerCount() == 5);
}

TEST_CASE("another extent") {
  Model model = diamond();
  model.inputInfo = Json("in");
  Result<Model> resized = model.withExtent(7, 9);
  REQUIRE(resized.ok());
  CHECK(resized->outputType(3) == s8(7, 9, 2));
  CHECK(resized->inputInfo == Json("in"));
  CHECK(model.outputType(3) == s8(4, 6, 2));
  CHECK(holds(model.withExtent(0, 9).error().message, {"layer 'a' (InputData)", "[0, 9, 2]"}));
  auto dense = make("Dense1D", R"("units": 1)");
  set(*dense, "weights", DType::I8, Shape{48, 1}, std::vector<int>(48, 1));
  REQUIRE(model.add(named(std::move(dense), "e", {"d"})).ok());
  CHECK_FALSE(model.fullyConvolutional());
  CHECK(holds(model.withExtent(7, 9).error().message, {"layer 'e' (Dense1D)", "[7, 9]"}));
}

TEST_CASE("the reference computes every layer") {
  const Model model = diamond();
  std::vector<LayerState> states;
  const std::vector<int> ones(48, 1);
  const std::vector<int> twos(48, 2);
  const std::vector<Tensor> feeds{tensorOf(DType::I32, Shape{4, 6, 2}, ones),
                                  tensorOf(DType::I32, Shape{4, 6, 2}, twos)};
  const Result<std::vector<Tensor>> outputs = runReference(model, feeds, states);
  REQUIRE(outputs.ok());
  REQUIRE(outputs->size() == 4);
  CHECK((*outputs)[2] == feeds[0]);
  CHECK((*outputs)[3] == tensorOf(DType::I32, Shape{4, 6, 2}, std::vector<int>(48, 3)));
  CHECK(states.size() == 4);
}

TEST_CASE("the reference refuses feeds that do not fit") {
  const Model model = diamond();
  std::vector<LayerState> states;
  const Tensor good = tensorOf(DType::I32, Shape{4, 6, 2}, std::vector<int>(48, 1));
  const auto error = [&](const Tensor& feed) {
    const Result<std::vector<Tensor>> outputs =
        runReference(model, std::vector{good, feed}, states);
    return outputs.ok() ? Error{} : outputs.error();
  };
  CHECK(holds(runReference(model, std::vector{good}, states).error().message,
              {"2 inputs", "1 were given"}));
  const Error real = error(Tensor(DType::F32, Shape{4, 6, 2}));
  CHECK(real.code == Errc::Type);
  CHECK(holds(real.message, {"layer 'b' (InputData)", "float32", "integers"}));
  CHECK(holds(error(tensorOf(DType::I32, Shape{1, 1, 2}, {1, 1})).message,
              {"layer 'b' (InputData)", "[1, 1, 2]", "legal: [4, 6, 2]"}));
  std::vector<int> wrong(48, 1);
  wrong[7] = 128;
  CHECK(error(tensorOf(DType::I32, Shape{4, 6, 2}, wrong)).message ==
        "layer 'b' (InputData): element 7 of the feed is 128, legal: -128 to 127");
}

}  // namespace glint::test
