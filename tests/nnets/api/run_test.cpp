#include <algorithm>
#include <cmath>

#include "nnets/api/model.h"
#include "nnets/api/sparsity.h"
#include "tests/nnets/api/fixture.h"
#include "tests/support/random_model.h"

namespace glint::test {
namespace {

/// Samples [n, 3, 2, 2] whose inputs number 0, 1 and 2, column-major, are given; the rest are 0.
Tensor samplesWith(const std::vector<std::vector<int>>& first) {
  Tensor stacked(DType::U8, Shape{static_cast<std::int64_t>(first.size()), 3, 2, 2});
  for (std::size_t n = 0; n < first.size(); ++n) {
    for (std::size_t x = 0; x < first[n].size(); ++x) {
      stacked.as<std::uint8_t>()[n * 12 + x * 4] = static_cast<std::uint8_t>(first[n][x]);
    }
  }
  return stacked;
}

const Tensor kThree = samplesWith({{3, 9, 1}, {7, 7, 2}, {0, 0, 0}});

}  // namespace

TEST_CASE("forward: potentials as int32, codes as uint8, wherever the batches end") {
  api::Model potentials = firstInputs(3);
  const Tensor expected = tensorOf(DType::I32, Shape{3, 1, 1, 3}, {3, 9, 1, 7, 7, 2, 0, 0, 0});
  for (const int batch : {0, 1, 2, 3, 100}) {
    CAPTURE(batch);
    const Result<Tensor> output = potentials.forward(kThree, batch);
    REQUIRE_MESSAGE(output.ok(), output.error().message);
    CHECK(*output == expected);
  }
  api::Model codes = firstInputs(3, "\"act_bits\": 2");
  CHECK(*codes.forward(kThree) ==
        tensorOf(DType::U8, Shape{3, 1, 1, 3}, {1, 3, 1, 2, 2, 1, 0, 0, 0}));
  CHECK(*codes.forward(samplesWith({})) == Tensor(DType::U8, Shape{0, 1, 1, 3}));
}

TEST_CASE("forward: signed codes are int8, potentials of any width int32, floats float32") {
  api::Model model;
  REQUIRE(model.add(input4()).ok());
  REQUIRE(model.add(layerOf("Conv2D", R"("filters": 1, "kernel_size": 1)", "c")).ok());
  const Tensor one = samplesWith({{1}});
  CHECK(model.forward(one)->type() == DType::I8);
  REQUIRE(model.popLayer().ok());
  REQUIRE(
      model.add(layerOf("Conv2D", R"("filters": 1, "kernel_size": 1, "activation": false)", "c"))
          .ok());
  CHECK(model.forward(one)->type() == DType::I32);
  REQUIRE(model.add(layerOf("Dequantizer")).ok());
  CHECK(model.forward(one)->type() == DType::F32);
  CHECK(model.forward(one)->shape() == Shape{1, 3, 2, 1});
}

TEST_CASE("inputs of another dtype, shape, range or number are refused by name") {
  api::Model model = firstInputs(1);
  const auto error = [&](const api::Inputs& inputs, int batch = 0) {
    Error found = errorIn(model.forward(inputs, batch));
    CHECK(model.status().ok());
    return found;
  };
  CHECK(error(Tensor(DType::I8, Shape{1, 3, 2, 2})).code == Errc::Type);
  CHECK(error(Tensor(DType::F32, Shape{1, 3, 2, 2})).message ==
        "layer 'in' (InputData): the input is float32, legal: uint8");
  CHECK(error(Tensor(DType::U8, Shape{3, 2, 2})).code == Errc::Value);
  CHECK(error(Tensor(DType::U8, Shape{1, 2, 3, 2})).message ==
        "layer 'in' (InputData): the input has shape [1, 2, 3, 2], legal: [n, 3, 2, 2]");
  CHECK(error(samplesWith({{1}, {1, 16}})).message ==
        "sample 1: layer 'in' (InputData): element 4 of the feed is 16, legal: 0 to 15");
  CHECK(error(kThree, -1).message == "batch_size is -1, legal: 0 (all) or more");
  CHECK(holds(error(std::vector{kThree, kThree}).message, {"has 1 inputs, but 2 were given"}));
}

TEST_CASE("signed inputs are int8; several inputs are one tensor each, of equal length") {
  api::Model model;
  const api::Layer a = layerOf("InputData", R"("input_shape": [1, 1, 2], "input_bits": 8,
                                               "input_signed": true)",
                               "a");
  const api::Layer b = layerOf("InputData", R"("input_shape": [1, 1, 2], "input_bits": 8,
                                               "input_signed": true)",
                               "b");
  REQUIRE(model.add(a).ok());
  REQUIRE(model.add(b).ok());
  REQUIRE(model.add(layerOf("Add"), std::vector{a, b}).ok());
  const Tensor left = tensorOf(DType::I8, Shape{2, 1, 1, 2}, {-1, 2, 100, 4});
  const Tensor right = tensorOf(DType::I8, Shape{2, 1, 1, 2}, {5, -6, 100, 8});
  CHECK(*model.forward(std::vector{left, right}) ==
        tensorOf(DType::I32, Shape{2, 1, 1, 2}, {4, -4, 127, 12}));
  CHECK(
      holds(errorIn(model.forward(std::vector{left, Tensor(DType::I8, Shape{1, 1, 1, 2})})).message,
            {"layer 'b' (InputData)", "1 samples, the first one 2"}));
}

TEST_CASE("predict: (p - threshold) / act_step, in one float32 division") {
  api::Model model = firstInputs(2);
  api::Layer dense = *model.getLayer("dense");
  setInts(dense, "threshold", DType::I32, Shape{2}, {1, -2});
  REQUIRE(dense.setVariable("act_step", Tensor::of<float>(Shape{2}, {3.F, 0.7F})).ok());
  const Result<Tensor> values = model.predict(kThree, 2);
  REQUIRE(values.ok());
  CHECK(*values == Tensor::of<float>(Shape{3, 1, 1, 2}, {2.F / 3.F, 11.F / 0.7F, 6.F / 3.F,
                                                         9.F / 0.7F, -1.F / 3.F, 2.F / 0.7F}));
}

TEST_CASE("predict refuses a final activation, and a model with only InputData") {
  api::Model active = firstInputs(1, "\"act_bits\": 1");
  const Error activation = errorIn(active.predict(kThree));
  CHECK(activation.code == Errc::Runtime);
  CHECK(holds(activation.message, {"layer 'dense' (FullyConnected): has an activation"}));
  api::Model inputs;
  REQUIRE(inputs.add(input4()).ok());
  CHECK(errorIn(inputs.predict(kThree)).code == Errc::Value);
  CHECK(inputs.forward(kThree).ok());
}

TEST_CASE("classes: the strongest neuron, the first of equals, in groups") {
  api::Model model = firstInputs(6);
  Tensor inputs(DType::U8, Shape{3, 3, 2, 2});
  const auto set = [&](std::size_t n, std::size_t unit, int value) {  // unit = x + 3y + 6c
    inputs.as<std::uint8_t>()[n * 12 + unit % 3 * 4 + unit / 3 * 2] =
        static_cast<std::uint8_t>(value);
  };
  set(0, 5, 9);
  set(1, 2, 4), set(1, 4, 4);
  const auto classes = [&](int numClasses) { return model.predictClasses(inputs, numClasses, 2); };
  CHECK(*classes(0) == tensorOf(DType::I32, Shape{3}, {5, 2, 0}));
  CHECK(*classes(6) == *classes(0));
  CHECK(*classes(3) == tensorOf(DType::I32, Shape{3}, {2, 1, 0}));
  CHECK(*classes(2) == tensorOf(DType::I32, Shape{3}, {1, 0, 0}));
  CHECK(*classes(1) == tensorOf(DType::I32, Shape{3}, {0, 0, 0}));
  CHECK(errorIn(classes(4)).message ==
        "layer 'dense' (FullyConnected): num_classes is 4, legal: 0, or a divisor of 6, the "
        "neurons");
  CHECK(errorIn(classes(-1)).code == Errc::Value);
  CHECK_FALSE(classes(12).ok());

  const Tensor labels = tensorOf(DType::I32, Shape{3}, {1, 0, 1});
  CHECK(*model.evaluate(inputs, labels, 2) == 2.0 / 3.0);
  CHECK(*model.evaluate(inputs, labels) == 0.0);
}

TEST_CASE("classes of codes and of predictions, not of potentials") {
  // The potentials are 3 and 9; the codes are equal; the predictions are in the other order.
  api::Model codes = firstInputs(2, "\"act_bits\": 1");
  CHECK(codes.predictClasses(kThree)->integer(0) == 0);
  api::Model potentials = firstInputs(2);
  CHECK(potentials.predictClasses(kThree)->integer(0) == 1);
  api::Layer dense = *potentials.getLayer("dense");
  setInts(dense, "threshold", DType::I32, Shape{2}, {0, 8});
  CHECK(potentials.predictClasses(kThree)->integer(0) == 0);
}

TEST_CASE("labels of another number, shape or type are refused") {
  api::Model model = firstInputs(2);
  const auto error = [&](const Tensor& labels) { return errorIn(model.evaluate(kThree, labels)); };
  CHECK(error(tensorOf(DType::I32, Shape{2}, {0, 1})).code == Errc::Value);
  CHECK(error(tensorOf(DType::I32, Shape{2}, {0, 1})).message ==
        "the labels have shape [2], legal: [3], one for each input");
  CHECK(error(tensorOf(DType::I32, Shape{3, 1}, {0, 1, 0})).code == Errc::Value);
  CHECK(error(Tensor(DType::F32, Shape{3})).code == Errc::Type);
  CHECK(errorIn(model.evaluate(samplesWith({}), Tensor(DType::I32, Shape{0}))).code == Errc::Value);
  CHECK(*model.evaluate(kThree, tensorOf(DType::I64, Shape{3}, {1, 0, 0})) == 1.0);
}

TEST_CASE("a map of neurons has no classes") {
  api::Model model;
  REQUIRE(model.add(input4()).ok());
  REQUIRE(model.add(layerOf("Convolutional", R"("kernel_size": [1, 1], "filters": 2)", "c")).ok());
  CHECK(holds(errorIn(model.predictClasses(kThree)).message,
              {"layer 'c' (Convolutional): the output is [3, 2, 2], legal for classes"}));
}

TEST_CASE("metrics and statistics need a clock for what takes time") {
  api::Model model = firstInputs(2);
  REQUIRE(model.forward(kThree).ok());
  CHECK(model.metrics() == std::map<std::string, double>{{"inference_frames", 3.0}});
  CHECK(model.statistics().at("SW/in-dense").toString() == "Average framerate = N/A");
  double now = 1000;
  model.setClock([&now] { return now += 50; });
  REQUIRE(model.forward(kThree).ok());
  CHECK(model.metrics().at("inference_start") == 1050.0);
  CHECK(model.metrics().at("inference_end") == 1100.0);
  CHECK(*model.statistics().at("SW/in-dense").fps == 60.0);
  CHECK(model.statistics().at("SW/in-dense").toString() == "Average framerate = 60.00 fps");
  CHECK(model.powerEvents().empty());
}

TEST_CASE("power: events of the inference, without the first; energy a frame") {
  const std::map<std::string, double> metrics{
      {"inference_start", 100}, {"inference_end", 600}, {"inference_frames", 5}};
  std::vector<api::PowerEvent> events;
  for (const auto& [ts, power] :
       {std::pair{90., 999}, {150., 500}, {250., 100}, {350., 200}, {450., 600}, {601., 999}}) {
    events.push_back({ts, 0, 0, power});
  }
  const api::SequenceStatistics statistics = api::statisticsOf(metrics, events);
  REQUIRE(statistics.power.has_value());
  CHECK(statistics.power->average == 300.0);
  CHECK(statistics.power->least == 100.0);
  CHECK(statistics.power->greatest == 600.0);
  CHECK(*statistics.energy == 30.0);
  CHECK(statistics.toString() ==
        "Average framerate = 10.00 fps\n"
        "Last inference power range (mW): Avg 300.00 / Min 100.00 / Max 600.00\n"
        "Last inference energy consumed (mJ/frame): 30.00");
  events.resize(2);
  CHECK_FALSE(api::statisticsOf(metrics, events).power.has_value());
}

TEST_CASE("sparsity: zeros of the activations, over all inputs") {
  api::Model model = firstInputs(2, "\"act_bits\": 4");
  REQUIRE(model.add(layerOf("FullyConnected", R"("units": 1, "activation": false)", "sum")).ok());
  const auto sparsities =
      api::evaluateSparsity(model, samplesWith({{3, 9}, {0, 7}, {0, 0}, {1, 0}}));
  REQUIRE(sparsities.ok());
  REQUIRE(sparsities->size() == 3);
  CHECK((*sparsities)[0].first == *model.getLayer("in"));
  CHECK_FALSE((*sparsities)[0].second.has_value());
  CHECK((*sparsities)[1].second == 0.5);
  CHECK_FALSE((*sparsities)[2].second.has_value());
  CHECK(errorIn(api::evaluateSparsity(model, samplesWith({}))).code == Errc::Value);
}

TEST_CASE("random models: forward is the reference of the last layer, predict its prediction") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const glint::Model graph = seed % 2 == 0 ? randomModel(seed) : randomModelV1(seed);
    const int last = graph.layerCount() - 1;
    std::vector<Tensor> inputs;
    std::vector<LayerState> states;
    const std::vector<Tensor> feeds = randomFeeds(graph, seed);
    const std::vector<int> fed = graph.feeds();
    for (std::size_t i = 0; i < feeds.size(); ++i) {
      const TensorType& type = graph.inputTypes(fed[i])[0];
      const Tensor bytes = type.isFloat ? feeds[i] : *convertIntegers(feeds[i], type.dtype());
      inputs.push_back(bytes.reshaped(Shape{1, type.x(), type.y(), type.channels()}));
    }
    const Tensor expected = std::move(runReference(graph, feeds, states)->back());
    api::Model model((glint::Model(graph)));
    const Result<Tensor> output = model.forward(inputs);
    REQUIRE_MESSAGE(output.ok(), output.error().message);
    REQUIRE(output->size() == expected.size());
    for (std::int64_t i = 0; isInteger(expected.type()) && i < expected.size(); ++i) {
      REQUIRE(output->integer(i) == expected.integer(i));
    }
    if (graph.layer(last).hasActivation() || graph.layerCount() == 1) continue;
    const Result<Tensor> values = model.predict(inputs);
    REQUIRE_MESSAGE(values.ok(), values.error().message);
    CHECK(std::ranges::equal(values->bytes(), graph.layer(last).predicted(expected).bytes()));
  }
}

}  // namespace glint::test
