#include "nnets/api/model.h"

#include "tests/nnets/api/fixture.h"

namespace glint::test {
namespace {

api::Layer conv4(const std::string& name, int filters = 2) {
  return layerOf(
      "Convolutional",
      "\"kernel_size\": [3, 3], \"act_bits\": 4, \"filters\": " + std::to_string(filters), name);
}

std::vector<std::string> namesOf(const api::Model& model) {
  std::vector<std::string> names;
  for (const api::Layer& layer : model.layers()) names.push_back(layer.name());
  return names;
}

/// in -> a -> b, c; d = a's sibling c joined with b (V2).
api::Model branches() {
  api::Model model;
  REQUIRE(model.add(input4("in")).ok());
  const auto conv = [](const char* name) {
    return layerOf("Conv2D", R"("filters": 2, "kernel_size": 1)", name);
  };
  const api::Layer a = conv("a"), b = conv("b"), c = conv("c"), d = layerOf("Add", "", "d");
  REQUIRE(model.add(a).ok());
  REQUIRE(model.add(b).ok());
  REQUIRE(model.add(c, std::vector{a}).ok());
  REQUIRE(model.add(d, std::vector{b, c}).ok());
  return model;
}

}  // namespace

TEST_CASE("an empty model") {
  api::Model model;
  CHECK(model.getLayerCount() == 0);
  CHECK(model.layers().empty());
  CHECK(model.inputShape().rank() == 0);
  CHECK(model.outputShape().rank() == 0);
  CHECK_FALSE(model.ipVersion().has_value());
  CHECK(model.sequences().empty());
  CHECK(model.statistics().empty());
  CHECK(model.metrics().empty());
  CHECK(model.powerEvents().empty());
  CHECK(errorIn(model.forward(Tensor())).message == "the model has no layers");
  CHECK(errorIn(model.predict(Tensor())).code == Errc::Runtime);
  CHECK(errorIn(model.predictClasses(Tensor())).code == Errc::Runtime);
  CHECK(errorIn(model.toBuffer()).message == "the model has no layers to save");
  CHECK(errorIn(model.save("nowhere")).code == Errc::Runtime);
  CHECK(model.summary().find("Model Summary") != std::string::npos);
}

TEST_CASE("layers are added behind the last one, or behind those that are named") {
  api::Model model = branches();
  CHECK(model.status().ok());
  CHECK(namesOf(model) == std::vector<std::string>{"in", "a", "b", "c", "d"});
  CHECK(model.getLayer("c")->inbounds() == std::vector{*model.getLayer("a")});
  CHECK(model.getLayer("d")->inbounds() == std::vector{*model.getLayer("b"), *model.getLayer("c")});
  CHECK(*model.getLayer(2) == *model.getLayer("b"));
  CHECK(model.inputShape() == Shape{3, 2, 2});
  CHECK(model.outputShape() == Shape{3, 2, 2});
  CHECK(model.ipVersion() == IpVersion::V2);
  const Error name = errorIn(model.getLayer("x"));
  CHECK(name.code == Errc::Value);
  CHECK(name.message == "no layer is called 'x', legal: in, a, b, c, d");
  CHECK(errorIn(model.getLayer(5)).message == "the layer index is 5, legal: 0 to 4");
  CHECK_FALSE(model.getLayer(-1).ok());
}

TEST_CASE("a layer without a name gets one that is free") {
  api::Model model;
  REQUIRE(model.add(input4("convolutional_1")).ok());
  REQUIRE(model.add(conv4("")).ok());
  REQUIRE(
      model.add(layerOf("SeparableConvolutional", R"("kernel_size": [1, 1], "filters": 1)")).ok());
  REQUIRE(model.add(layerOf("FullyConnected", R"("units": 1)")).ok());
  CHECK(namesOf(model) == std::vector<std::string>{"convolutional_1", "convolutional_2",
                                                   "separable_convolutional_2",
                                                   "fully_connected_3"});
  api::Model second;
  REQUIRE(second.add(input4("")).ok());
  REQUIRE(second.add(layerOf("Conv2DTranspose", R"("filters": 1, "kernel_size": 3)")).ok());
  CHECK(namesOf(second) == std::vector<std::string>{"input_data_0", "conv2d_transpose_1"});
}

TEST_CASE("what cannot be added leaves the model as it was, and stops the chain") {
  const auto error = [](api::Model model, const api::Layer& layer,
                        const std::vector<api::Layer>& inbounds = {}) {
    const std::vector<std::string> before = namesOf(model);
    Error found = errorIn(model.add(layer, inbounds));
    CHECK(namesOf(model) == before);
    return found;
  };
  const auto model = [] {
    api::Model made;
    REQUIRE(made.add(input4()).ok());
    return made;
  };
  CHECK(error(api::Model(), conv4("c")).message ==
        "layer 'c' (Convolutional): cannot stand first: it needs an inbound layer");
  CHECK(error(model(), conv4("c", 0)).message ==
        "layer 'c' (Convolutional): filters is 0, legal: 1 to 65536");
  CHECK(error(model(), conv4("c", 0)).code == Errc::Value);
  CHECK(holds(error(model(), conv4("in")).message, {"the name is taken"}));
  CHECK(holds(error(model(), conv4("c"), {input4("other")}).message,
              {"layer 'c' (Convolutional): the inbound layer 'other' (InputData) is not in this"}));
  CHECK(holds(error(model(), conv4("c"), {model().layers()[0]}).message,
              {"the inbound layer 'in' (InputData) is not in this model"}));
  CHECK(holds(error(model(), branches().layers()[1]).message, {"belongs to a model already"}));
  CHECK(holds(error(branches(), conv4("e")).message,
              {"layer 'e' (Convolutional): is a layer of Akida 1.0", "legal: one version"}));
  CHECK(holds(error(model(), conv4("\xff")).message, {"legal: UTF-8"}));
}

TEST_CASE("the first error of building is kept: later calls do nothing and return it") {
  api::Model model;
  REQUIRE(model.add(input4()).ok());
  const Error first = errorIn(model.add(conv4("bad", 0)));
  const api::Layer good = conv4("good");
  CHECK(errorIn(model.add(good)).message == first.message);
  CHECK(errorIn(model.popLayer()).message == first.message);
  CHECK(errorIn(model.forward(Tensor(DType::U8, Shape{1, 3, 2, 2}))).message == first.message);
  CHECK(errorIn(model.predict(Tensor())).message == first.message);
  CHECK(errorIn(model.predictClasses(Tensor())).message == first.message);
  CHECK(errorIn(model.evaluate(Tensor(), Tensor())).message == first.message);
  CHECK(errorIn(model.map(nullptr)).message == first.message);
  CHECK(errorIn(model.toBuffer()).message == first.message);
  CHECK(errorIn(model.status()).message == first.message);
  CHECK(model.getLayerCount() == 1);
  model.clearError();
  REQUIRE(model.add(good).ok());
  CHECK(model.forward(Tensor(DType::U8, Shape{1, 3, 2, 2})).ok());
  // Errors of running are not kept.
  CHECK_FALSE(model.forward(Tensor(DType::U8, Shape{1, 9, 9, 2})).ok());
  CHECK(model.status().ok());
}

TEST_CASE("popLayer takes the last layer") {
  api::Model model = branches();
  REQUIRE(model.popLayer().ok());
  REQUIRE(model.popLayer().ok());
  CHECK(namesOf(model) == std::vector<std::string>{"in", "a", "b"});
  REQUIRE(model.add(layerOf("Dequantizer", "", "end")).ok());
  CHECK(model.getLayer("end")->inbounds()[0].name() == "b");
  while (model.getLayerCount() > 0) REQUIRE(model.popLayer().ok());
  CHECK(errorIn(model.popLayer()).code == Errc::Runtime);
}

TEST_CASE("copies of a model are the same model; its graph is a copy when copied") {
  api::Model model = branches();
  api::Model same = model;
  REQUIRE(same.popLayer().ok());
  CHECK(model.getLayerCount() == 4);
  api::Model other((glint::Model(model.graph())));
  REQUIRE(other.popLayer().ok());
  CHECK(model.getLayerCount() == 4);
  CHECK(other.getLayerCount() == 3);
}

TEST_CASE("a model of another model's layers: copies, with an input where one is missing") {
  api::Model source = branches();
  api::Layer a = *source.getLayer("a");
  setInts(a, "weights", DType::I8, Shape{1, 1, 2, 2}, {1, 2, 3, 4});
  const Result<api::Model> whole = api::Model::fromLayers(source.layers());
  REQUIRE(whole.ok());
  CHECK(whole->toDict() == source.toDict());
  setInts(a, "weights", DType::I8, Shape{1, 1, 2, 2}, {5, 6, 7, 8});
  CHECK(whole->getLayer("a")->getVariable("weights")->integer(0) == 1);

  const std::vector<api::Layer> tail{*source.getLayer("b"), *source.getLayer("c"),
                                     *source.getLayer("d")};
  const Result<api::Model> cut = api::Model::fromLayers(tail);
  REQUIRE_MESSAGE(cut.ok(), cut.error().message);
  CHECK(namesOf(*cut) == std::vector<std::string>{"input_data", "b", "c", "d"});
  const api::Layer input = *cut->getLayer(0);
  CHECK(*input.outputDims() == Shape{3, 2, 2});
  CHECK(*input.parameters().find("input_bits") == Json(8));
  CHECK(*input.outputSigned() == *a.outputSigned());
  CHECK(cut->getLayer("c")->inbounds()[0] == input);
}

TEST_CASE("an Add at the front gets two inputs; names that are taken are avoided") {
  api::Model source = branches();
  const Result<api::Model> add = api::Model::fromLayers(std::vector{*source.getLayer("d")});
  REQUIRE(add.ok());
  CHECK(namesOf(*add) == std::vector<std::string>{"input_data", "input_data_1", "d"});
  const api::Layer b = *source.getLayer("b");
  const api::Layer twice = layerOf("Add", "", "twice");
  REQUIRE(source.add(twice, std::vector{b, b}).ok());
  const Result<api::Model> once = api::Model::fromLayers(std::vector{twice});
  REQUIRE(once.ok());
  CHECK(namesOf(*once) == std::vector<std::string>{"input_data", "twice"});
  api::Model named;
  REQUIRE(named.add(input4()).ok());
  REQUIRE(named.add(conv4("input_data")).ok());
  const Result<api::Model> renamed = api::Model::fromLayers(std::vector{*named.getLayer(1)});
  REQUIRE(renamed.ok());
  CHECK(namesOf(*renamed) == std::vector<std::string>{"input_data_1", "input_data"});
}

TEST_CASE("layers by themselves form a chain; what a list lacks elsewhere is an error") {
  const std::vector<api::Layer> chain{input4(), conv4("a"), conv4("")};
  const Result<api::Model> model = api::Model::fromLayers(chain);
  REQUIRE(model.ok());
  CHECK(namesOf(*model) == std::vector<std::string>{"in", "a", "convolutional_2"});
  CHECK(chain[1].inbounds().empty());
  api::Model source = branches();
  const std::vector<api::Layer> hole{*source.getLayer("b"), *source.getLayer("d")};
  CHECK(holds(errorIn(api::Model::fromLayers(hole)).message,
              {"layer 'd' (Add): reads layer 'c' (Conv2D), legal: earlier layers"}));
  CHECK(api::Model::fromLayers({})->getLayerCount() == 0);
}

}  // namespace glint::test
