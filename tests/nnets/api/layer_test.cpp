#include "nnets/api/layer.h"

#include "tests/nnets/api/fixture.h"

namespace glint::test {

TEST_CASE("the types of layers and their words") {
  for (const std::string_view type : layerTypes()) {
    CAPTURE(std::string(type));
    CHECK(api::layerType(type) != api::LayerType::Unknown);
    CHECK(api::name(api::layerType(type)) == type);
  }
  CHECK(api::layerType("Conv9D") == api::LayerType::Unknown);
  CHECK(api::name(api::LayerType::SeparableConvolutional) == "SeparableConvolutional");
  CHECK(api::name(api::BackendType::Hybrid) == "Hybrid");
}

TEST_CASE("a layer by itself knows its parameters, not what depends on inputs") {
  const api::Layer layer = layerOf("Convolutional", R"("kernel_size": [3, 2], "filters": 4)", "c");
  CHECK(layer.name() == "c");
  CHECK(layer.type() == api::LayerType::Convolutional);
  CHECK(layer.inbounds().empty());
  CHECK(layer.mapping().empty());
  CHECK(*layer.parameters().find("kernel_size") == Json(Json::Array{3, 2}));
  CHECK(*layer.parameters().find("padding") == Json("Same"));
  for (const Error& error :
       {errorIn(layer.inputDims()), errorIn(layer.inputBits()), errorIn(layer.outputDims()),
        errorIn(layer.outputSigned()), errorIn(layer.variables()),
        errorIn(layer.getVariableNames()), errorIn(layer.getVariable("weights"))}) {
    CHECK(error.code == Errc::Runtime);
    CHECK(error.message ==
          "layer 'c' (Convolutional): is in no model: its inputs are not known yet");
  }
}

TEST_CASE("an input layer knows its dimensions before it is in a model") {
  api::Layer layer = layerOf("InputConvolutional",
                             R"("input_shape": [6, 5, 3], "kernel_size": [3, 3], "filters": 4)");
  CHECK(*layer.inputDims() == Shape{6, 5, 3});
  CHECK(*layer.inputBits() == 8);
  CHECK(*layer.outputDims() == Shape{6, 5, 4});
  CHECK_FALSE(*layer.outputSigned());
  setInts(layer, "threshold", DType::I32, Shape{4}, {1, 2, 3, 4});
  CHECK(layer.getVariable("threshold")->integer(2) == 3);
  const api::Layer wrong = layerOf(
      "InputConvolutional", R"("input_shape": [6, 5, 2], "kernel_size": [3, 3], "filters": 4)");
  CHECK(holds(errorIn(wrong.inputDims()).message, {"(InputConvolutional)", "1 or 3 channels"}));
}

TEST_CASE("wrong types and parameters are refused, with what is legal") {
  const auto error = [](std::string_view type, const std::string& parameters) {
    return errorIn(api::Layer::create(type, *parseJson(parameters), "a"));
  };
  CHECK(error("Conv9D", "{}").code == Errc::Value);
  CHECK(holds(error("Conv9D", "{}").message, {"'Conv9D'", "InputData", "Dequantizer"}));
  CHECK(holds(error("FullyConnected", "{}").message, {"layer 'a' (FullyConnected)", "'units'"}));
  CHECK(holds(error("FullyConnected", R"({"units": "2"})").message, {"'units' is \"2\""}));
  CHECK(holds(error("FullyConnected", "[]").message, {"params is []"}));
  CHECK(api::Layer::create("Concatenate", Json(), "c").ok());
}

TEST_CASE("variables: names, neutral values, what is set") {
  api::Model model = firstInputs(2);
  const api::Layer dense = *model.getLayer("dense");
  CHECK(*dense.getVariableNames() == std::vector<std::string>{"weights", "threshold", "act_step"});
  CHECK(dense.getVariable("weights")->shape() == Shape{1, 1, 12, 2});
  CHECK(*dense.getVariable("threshold") == tensorOf(DType::I32, Shape{2}, {0, 0}));
  CHECK(*dense.getVariable("act_step") == Tensor::of<float>(Shape{2}, {1.F, 1.F}));
  CHECK(dense.variables()->size() == 3);
  CHECK(*dense.inputDims() == Shape{3, 2, 2});
  CHECK(*dense.inputBits() == 4);
  CHECK(*dense.outputDims() == Shape{1, 1, 2});
  CHECK(*dense.outputSigned());
  CHECK(dense.inbounds() == std::vector<api::Layer>{*model.getLayer("in")});
  const Error unknown = errorIn(dense.getVariable("bias"));
  CHECK(unknown.code == Errc::Value);
  CHECK(unknown.message ==
        "layer 'dense' (FullyConnected): variable 'bias' has no value, legal: weights, threshold, "
        "act_step");
}

TEST_CASE("a bound that is absent has no value that says so") {
  api::Model model;
  REQUIRE(model.add(input4()).ok());
  api::Layer conv = layerOf("Conv2D", R"("filters": 1, "kernel_size": 1)", "conv");
  REQUIRE(model.add(conv).ok());
  CHECK_FALSE(conv.variables()->contains("max_value"));
  CHECK(conv.variables()->contains("max_value_shift"));
  CHECK(holds(errorIn(conv.getVariable("max_value")).message, {"'max_value' has no value"}));
  setInts(conv, "max_value", DType::U8, Shape{1}, {9});
  CHECK(conv.getVariable("max_value")->integer(0) == 9);
  CHECK(conv.variables()->contains("max_value"));
  CHECK(conv.getVariable("weights")->integer(1) == 0);  // required, so it got neutral values
}

TEST_CASE("what cannot be set leaves the variable as it was") {
  api::Model model = firstInputs(1);
  api::Layer dense = *model.getLayer("dense");
  const Json before = dense.toDict();
  const auto error = [&](const std::string& name, const Tensor& values) {
    Error found = errorIn(dense.setVariable(name, values));
    CHECK(dense.toDict() == before);
    CHECK(model.status().ok());
    return found;
  };
  const Shape shape{1, 1, 12, 1};
  const std::vector<int> zeros(12, 0);
  CHECK(error("weights", tensorOf(DType::U8, shape, zeros)).code == Errc::Type);
  CHECK(error("weights", tensorOf(DType::U8, shape, zeros)).message ==
        "layer 'dense' (FullyConnected): variable 'weights' is uint8, legal: int8");
  const Error flat = error("weights", tensorOf(DType::I8, Shape{12, 1}, zeros));
  CHECK(flat.code == Errc::Value);
  CHECK(holds(flat.message, {"[12, 1], legal: [1, 1, 12, 1]"}));
  std::vector<int> wide = zeros;
  wide[5] = 2;
  CHECK(holds(error("weights", tensorOf(DType::I8, shape, wide)).message,
              {"element 5 is 2, legal: 0 to 1"}));
  CHECK(holds(error("act_step", Tensor::of<float>(Shape{1}, {-1.F})).message,
              {"element 0 is -1, legal: above 0"}));
  CHECK(holds(error("bias", Tensor::of<float>(Shape{1}, {1.F})).message,
              {"variable 'bias' is unknown, legal: weights, threshold, act_step"}));
}

TEST_CASE("potentials beyond int32 are refused, and the old weights come back") {
  api::Model model;
  REQUIRE(model
              .add(layerOf("InputConvolutional", R"("input_shape": [300, 300, 1], "filters": 1,
                     "kernel_size": [1, 1], "weights_bits": 8, "pool_type": "Average")",
                           "c"))
              .ok());
  api::Layer conv = *model.getLayer("c");
  setInts(conv, "weights", DType::I8, Shape{1, 1, 1, 1}, {93});
  const Status status = conv.setVariable("weights", tensorOf(DType::I8, Shape{1, 1, 1, 1}, {94}));
  CHECK(
      holds(errorIn(status).message, {"layer 'c'", "potential of filter 0 can reach 2157300000"}));
  CHECK(conv.getVariable("weights")->integer(0) == 93);
}

TEST_CASE("order F: the same bytes with the axes in reverse") {
  api::Model model;
  REQUIRE(model.add(input4()).ok());
  api::Layer conv = layerOf("Convolutional", R"("kernel_size": [3, 2], "filters": 4,
                                                "weights_bits": 4)",
                            "conv");
  REQUIRE(model.add(conv).ok());
  std::vector<int> values;
  for (int i = 0; i < 48; ++i) values.push_back(i % 16 - 8);
  const Tensor reversed = tensorOf(DType::I8, Shape{4, 2, 2, 3}, values);
  REQUIRE(conv.setVariable("weights", reversed, api::Order::F).ok());
  CHECK(*conv.getVariable("weights") == tensorOf(DType::I8, Shape{3, 2, 2, 4}, values));
  const Error error =
      errorIn(conv.setVariable("weights", *conv.getVariable("weights"), api::Order::F));
  CHECK(error.code == Errc::Value);
  CHECK(holds(error.message, {"[4, 2, 2, 3], legal: [3, 2, 2, 4]", "order F"}));
}

TEST_CASE("a handle outlives its model, and stands by itself after popLayer") {
  std::vector<api::Layer> kept;
  {
    api::Model model = firstInputs(2);
    kept = model.layers();
    REQUIRE(model.popLayer().ok());
    CHECK(model.getLayerCount() == 1);
    CHECK(kept[1].inbounds().empty());
    CHECK(errorIn(kept[1].inputDims()).code == Errc::Runtime);
    REQUIRE(model.add(kept[1]).ok());
    CHECK(kept[1].getVariable("weights")->integer(3) == 1);
  }
  CHECK(*kept[1].inputDims() == Shape{3, 2, 2});
  CHECK(kept[1].inbounds()[0].name() == "in");
}

}  // namespace glint::test
