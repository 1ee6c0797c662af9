#include <cmath>
#include <limits>
#include <set>

#include "core/random.h"
#include "core/safetensors.h"
#include "nnets/api/learning_vector.h"
#include "nnets/api/planned_device.h"
#include "nnets/api/summary.h"
#include "tests/nnets/api/fixture.h"
#include "tests/nnets/learning/written_rule.h"
#include "tests/support/skip.h"

namespace glint::test {
namespace {

/// A map of `x` by `y` by `c` bits -> FullyConnected.
api::Model bits(int x, int y, int c, int units, const std::string& more = "\"activation\": false") {
  api::Model model;
  REQUIRE(model
              .add(layerOf("InputData",
                           "\"input_shape\": [" + std::to_string(x) + ", " + std::to_string(y) +
                               ", " + std::to_string(c) + "], \"input_bits\": 1",
                           "in"))
              .ok());
  REQUIRE(model
              .add(layerOf("FullyConnected",
                           "\"units\": " + std::to_string(units) + ", \"weights_bits\": 1, " + more,
                           "learned"))
              .ok());
  return model;
}

Tensor samplesOf(Random& random, const Shape& shape, int percent = 30) {
  Tensor samples(DType::U8, shape);
  for (std::uint8_t& bit : samples.as<std::uint8_t>()) {
    bit = random.between(0, 99) < percent ? 1 : 0;
  }
  return samples;
}

Tensor slice(const Tensor& stacked, std::int64_t first, std::int64_t count) {
  Shape shape = stacked.shape();
  const auto row = stacked.bytes().size() / static_cast<std::size_t>(shape[0]);
  shape[0] = count;
  Tensor part(stacked.type(), shape);
  std::copy_n(stacked.bytes().begin() + first * static_cast<std::int64_t>(row),
              static_cast<std::size_t>(count) * row, part.bytes().begin());
  return part;
}

/// All that was learned, and what it was learned by.
std::string learnedText(const api::Model& model) { return model.toJson(); }

api::AkidaUnsupervised optimizer(int numWeights, int numClasses = 1, std::uint64_t seed = 0) {
  return api::AkidaUnsupervised(numWeights, numClasses, 1.F, 0.1F, 0.1F, 0.25F, seed);
}

}  // namespace

TEST_CASE("a model learns by the definition, wherever labels come from") {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const int x = 2, y = 3, c = static_cast<int>(random.between(1, 7));
    const int classes = static_cast<int>(random.between(1, 3));
    const int units = classes * static_cast<int>(random.between(1, 3));
    const auto by = optimizer(static_cast<int>(random.between(1, x * y * c)), classes, seed);
    api::Model model = bits(x, y, c, units);
    REQUIRE(model.compile(by).ok());
    WrittenRule written(by.params(), x * y * c, units);
    for (int call = 0; call < 6; ++call) {
      CAPTURE(call);
      const std::int64_t n = random.between(0, 4);
      const Tensor inputs = samplesOf(random, Shape{n, x, y, c});
      // None, a number, a list of one, one each, an array of reals.
      const std::int64_t kind = random.between(0, 4);
      std::vector<int> list;
      std::vector<float> reals;
      for (std::int64_t i = 0; i < n; ++i) {
        list.push_back(static_cast<int>(random.between(-1, classes)));
        reals.push_back(static_cast<float>(list.back()) + (list.back() < 0 ? -0.75F : 0.75F));
      }
      const int one = static_cast<int>(random.between(0, classes));
      const api::Labels labels = kind == 0   ? api::Labels()
                                 : kind == 1 ? api::Labels(one + 0.5)
                                 : kind == 2 ? api::Labels(std::vector<int>{one})
                                 : kind == 3 ? api::Labels(list)
                                             : api::Labels(Tensor::of(Shape{n}, reals));
      const Result<Tensor> output =
          model.fit(inputs, labels, static_cast<int>(random.between(0, 3)));
      REQUIRE_MESSAGE(output.ok(), output.error().message);
      CHECK(output->shape() == Shape{n, 1, 1, units});
      CHECK(output->type() == DType::I32);
      for (std::int64_t i = 0; i < n; ++i) {
        std::set<std::int64_t> active;
        for (std::int64_t at = 0; at < x * y * c; ++at) {
          const std::int64_t column = at / c % y, row = at / c / y, channel = at % c;
          if (inputs.integer(i * x * y * c + at) != 0)
            active.insert(row + x * (column + y * channel));
        }
        const std::int64_t label = kind >= 3 ? list[static_cast<std::size_t>(i)] : one;
        const auto potentials = written.fit(active, kind > 0, label);
        for (std::int64_t u = 0; u < units; ++u) {
          CHECK(output->integer(i * units + u) == potentials[static_cast<std::size_t>(u)]);
        }
      }
      const api::Layer layer = *model.getLayer("learned");
      const LearnedState state = written.state();
      CHECK(*layer.getVariable("weights") ==
            Tensor::of(Shape{1, 1, x * y * c, units}, state.weights));
      CHECK(*layer.getVariable("threshold_learning") ==
            Tensor::of(Shape{units}, state.thresholdLearning));
      CHECK(*layer.getVariable("learning_steps") == Tensor::of(Shape{units}, state.learningSteps));
    }
  }
}

TEST_CASE("calls, batches, files, devices and buffers in between change nothing") {
  Random random(3);
  const Tensor inputs = samplesOf(random, Shape{24, 1, 1, 40});
  std::vector<int> labels;
  for (int i = 0; i < 24; ++i) labels.push_back(i % 4);
  api::Model once = bits(1, 1, 40, 9);
  REQUIRE(once.compile(optimizer(11, 3)).ok());
  const Result<Tensor> all = once.fit(inputs, labels);
  REQUIRE(all.ok());
  for (int batch : {1, 5, 24}) {
    api::Model model = bits(1, 1, 40, 9);
    REQUIRE(model.compile(optimizer(11, 3)).ok());
    CHECK(*model.fit(inputs, labels, batch) == *all);
    CHECK(learnedText(model) == learnedText(once));
  }
  api::Model parts = bits(1, 1, 40, 9);
  REQUIRE(parts.compile(optimizer(11, 3)).ok());
  const auto planned = std::make_shared<api::PlannedDevice>("planned", DeviceLimits{});
  for (int i = 0; i < 24; ++i) {
    CAPTURE(i);
    if (i % 4 == 0) parts = *api::Model::fromBuffer(*parts.toBuffer());
    if (i % 4 == 1) parts = *api::Model::fromJson(parts.toJson());
    if (i % 4 == 2) REQUIRE(parts.map(planned).ok());
    if (i % 4 == 3) {
      // Back to how it was, through the bytes of what was learned.
      const auto kept = parts.learnMem();
      REQUIRE(kept.ok());
      REQUIRE(parts.fit(inputs).ok());
      REQUIRE(parts.setLearnMem(*kept).ok());
    }
    CHECK(*parts.fit(slice(inputs, i, 1), labels[static_cast<std::size_t>(i)]) ==
          slice(*all, i, 1));
  }
  CHECK(learnedText(parts) == learnedText(once));
  CHECK(*parts.forward(inputs) == *once.forward(inputs));
}

TEST_CASE("behind an activation fit returns codes and learns the same") {
  Random random(4);
  const Tensor inputs = samplesOf(random, Shape{12, 1, 1, 30}, 50);
  api::Model plain = bits(1, 1, 30, 4);
  api::Model coded = bits(1, 1, 30, 4, "\"activation\": true, \"act_bits\": 4");
  for (api::Model* model : {&plain, &coded}) REQUIRE(model->compile(optimizer(12)).ok());
  const Result<Tensor> potentials = plain.fit(inputs), codes = coded.fit(inputs);
  REQUIRE((potentials.ok() && codes.ok()));
  CHECK(codes->type() == DType::U8);
  for (std::int64_t i = 0; i < potentials->size(); ++i) {
    CHECK(codes->integer(i) == std::min<std::int64_t>(potentials->integer(i), 15));
  }
  CHECK(*plain.getLayer("learned")->getVariable("weights") ==
        *coded.getLayer("learned")->getVariable("weights"));
}

TEST_CASE("compile names what it cannot use, and leaves the model as it was") {
  const auto error = [](api::Model model, const api::Optimizer& by) {
    const std::string before = model.getLayerCount() > 0 ? model.toJson() : "";
    const Error found = errorIn(model.compile(by));
    CHECK((model.getLayerCount() > 0 ? model.toJson() : "") == before);
    CHECK_FALSE(model.learning());
    CHECK(found.code == (model.getLayerCount() > 0 ? Errc::Value : Errc::Runtime));
    return found.message;
  };
  CHECK(error(api::Model(), optimizer(1)) == "the model has no layers to compile");
  api::Model input;
  REQUIRE(input.add(layerOf("InputData", "\"input_shape\": [1, 1, 4], \"input_bits\": 1")).ok());
  CHECK(holds(error(input, optimizer(1)), {"InputData", "cannot learn", "FullyConnected"}));
  api::Model twoBits;
  REQUIRE(twoBits.add(layerOf("InputData", "\"input_shape\": [1, 1, 8], \"input_bits\": 1")).ok());
  REQUIRE(
      twoBits.add(layerOf("FullyConnected", R"("units": 4, "weights_bits": 2)", "learned")).ok());
  CHECK(holds(error(twoBits, optimizer(1)),
              {"layer 'learned' (FullyConnected)", "weights_bits is 2", "legal", "1"}));
  CHECK(holds(error(firstInputs(3, "\"weights_bits\": 1"), optimizer(1)),
              {"the input is uint4 [3, 2, 2], legal", "1 bit"}));
  CHECK(holds(error(bits(1, 2, 4, 4), optimizer(9)), {"num_weights is 9, legal: 1 to 8"}));
  CHECK(holds(error(bits(1, 2, 4, 4), optimizer(0)), {"num_weights is 0, legal: 1 to 8"}));
  CHECK(holds(error(bits(1, 1, 8, 4), optimizer(2, 3)),
              {"num_classes is 3, legal: a divisor of 4, the neurons"}));
  CHECK(holds(error(bits(1, 1, 8, 4), optimizer(2, 0)), {"num_classes is 0"}));
  const auto shares = [&](float a, float b, float c, float d) {
    return error(bits(1, 1, 8, 4), api::AkidaUnsupervised(2, 1, a, b, c, d));
  };
  CHECK(holds(shares(1.5F, 0, 0, 0), {"initial_plasticity is 1.5, legal: 0 to 1"}));
  CHECK(holds(shares(1, -0.5F, 0, 0), {"learning_competition is -0.5, legal: 0 to 1"}));
  CHECK(holds(shares(1, 0, NAN, 0), {"min_plasticity is nan, legal: 0 to 1"}));
  CHECK(holds(shares(1, 0, 0, 2), {"plasticity_decay is 2, legal: 0 to 1"}));
}

TEST_CASE("learning needs a compiled last layer, and labels that fit") {
  api::Model model = bits(1, 1, 8, 4);
  const Tensor inputs(DType::U8, Shape{3, 1, 1, 8});
  for (const Error& error : {errorIn(model.fit(inputs)), errorIn(model.addClasses(1)),
                             errorIn(model.learnMem()), errorIn(model.setLearnMem({})),
                             errorIn(model.getLayer("learned")->getLearningHistogram())}) {
    CHECK(error.code == Errc::Runtime);
    CHECK(error.message == "layer 'learned' (FullyConnected): was not compiled to learn");
  }
  CHECK(errorIn(api::Model().fit(inputs)).code == Errc::Runtime);
  REQUIRE(model.compile(optimizer(2, 2)).ok());
  const std::string before = model.toJson();
  const auto refused = [&](const api::Inputs& given, const api::Labels& labels, int batch = 0) {
    const Error error = errorIn(model.fit(given, labels, batch));
    CHECK(model.toJson() == before);
    return error;
  };
  CHECK(refused(inputs, std::vector<int>{0, 1}).message ==
        "the labels have shape [2], legal: [3], one for each input, [1] or none");
  CHECK(refused(inputs, Tensor(DType::I32, Shape{3, 1})).code == Errc::Value);
  CHECK(refused(inputs, NAN).message == "label 0 is not a number");
  CHECK(refused(inputs, {}, -1).code == Errc::Value);
  CHECK(refused(Tensor(DType::I8, Shape{3, 1, 1, 8}), {}).code == Errc::Type);
  CHECK(refused(Tensor(DType::U8, Shape{3, 1, 8, 1}), {}).code == Errc::Value);
  Tensor second = inputs;
  second.as<std::uint8_t>()[0] = 1;
  second.as<std::uint8_t>()[15] = 2;
  CHECK(holds(refused(second, {}).message, {"sample 1", "is 2"}));
}

TEST_CASE("labels that are no class are not learned, but their outputs are returned") {
  Random random(5);
  api::Model model = bits(1, 1, 16, 4);
  REQUIRE(model.compile(optimizer(4, 2)).ok());
  const std::string before = model.toJson();
  const Tensor inputs = samplesOf(random, Shape{3, 1, 1, 16});
  const Result<Tensor> expected = model.forward(inputs);
  for (const api::Labels& labels :
       {api::Labels(2), api::Labels(-1), api::Labels(1e300), api::Labels(-INFINITY),
        api::Labels(std::vector<int>{-7, 2, std::numeric_limits<int>::max()})}) {
    CHECK(*model.fit(inputs, labels) == *expected);
    CHECK(model.toJson() == before);
  }
  CHECK(model.fit(inputs, -0.9).ok());  // truncated: the first class
  CHECK(model.toJson() != before);
}

TEST_CASE("classes are added behind those that learned") {
  Random random(6);
  api::Model model = bits(1, 1, 20, 4);
  api::Layer layer = *model.getLayer("learned");
  setInts(layer, "threshold", DType::I32, Shape{4}, {1, 2, 3, 4});
  REQUIRE(layer.setVariable("act_step", Tensor::of(Shape{4}, std::vector<float>(4, 2.F))).ok());
  REQUIRE(model.compile(optimizer(5, 2, 9)).ok());
  CHECK(errorIn(model.addClasses(0)).message ==
        "layer 'learned' (FullyConnected): the number of classes to add is 0, legal: 1 or more");
  CHECK(errorIn(model.addClasses(40000)).code == Errc::Value);
  CHECK(errorIn(model.addClasses(std::numeric_limits<int>::max())).code == Errc::Value);
  const Tensor inputs = samplesOf(random, Shape{6, 1, 1, 20});
  REQUIRE(model.fit(inputs, std::vector<int>{0, 1, 0, 1, 0, 1}).ok());
  const Tensor before = *layer.getVariable("weights");
  REQUIRE(model.addClasses(3).ok());
  CHECK(model.learning()->get("num_classes").value() == 5);
  CHECK(model.outputShape() == Shape{1, 1, 10});
  const Tensor after = *layer.getVariable("weights");
  for (std::int64_t i = 0; i < 20; ++i) {
    for (std::int64_t u = 0; u < 4; ++u)
      CHECK(after.integer(i * 10 + u) == before.integer(i * 4 + u));
  }
  CHECK(*layer.getVariable("threshold") ==
        tensorOf(DType::I32, Shape{10}, {1, 2, 3, 4, 0, 0, 0, 0, 0, 0}));
  CHECK(*layer.getVariable("act_step") ==
        Tensor::of(Shape{10}, std::vector<float>{2, 2, 2, 2, 1, 1, 1, 1, 1, 1}));
  REQUIRE(model.fit(inputs, 4).ok());
  CHECK(layer.getVariable("threshold_learning")->integer(8) > 0);
  // Compiled again, it begins anew.
  REQUIRE(model.compile(optimizer(5, 5, 9)).ok());
  CHECK(model.getLayer("learned")->getVariable("learning_steps")->integer(8) == 0);
}

TEST_CASE("the optimizer tells its values, and is the model's `learning`") {
  const api::AkidaUnsupervised by(7, 3);
  CHECK(by.get("num_weights").value() == 7);
  CHECK(by.get("num_classes").value() == 3);
  CHECK(by.get("initial_plasticity").value() == 1);
  CHECK(by.get("learning_competition").value() == 0);
  CHECK(by.get("min_plasticity").value() == 0.10000000149011612);
  CHECK(by.get("plasticity_decay").value() == 0.25);
  const Error error = errorIn(by.get("learning_rate"));
  CHECK(error.code == Errc::Value);
  CHECK(error.message ==
        "the optimizer has no value 'learning_rate', legal: num_weights, num_classes, "
        "initial_plasticity, learning_competition, min_plasticity, plasticity_decay, seed");
  api::Model model = bits(1, 1, 8, 3);
  CHECK_FALSE(model.learning());
  REQUIRE(model.compile(by).ok());
  CHECK(model.learning() == by);
  CHECK(model.summary().find("Learning Summary") != std::string::npos);
  CHECK(holds(model.summary(), {"Learning Layer", "# Input Conn.", "# Weights", "learned"}));
  CHECK(bits(1, 1, 8, 3).summary().find("Learning") == std::string::npos);
}

TEST_CASE("variables of learning: read, set within limits, absent before") {
  api::Model model = bits(1, 1, 6, 2);
  api::Layer layer = *model.getLayer("learned");
  CHECK(errorIn(layer.getVariable("threshold_learning")).code == Errc::Value);
  REQUIRE(model.compile(optimizer(3)).ok());
  CHECK(*layer.getVariableNames() == std::vector<std::string>{"weights", "threshold", "act_step",
                                                              "threshold_learning",
                                                              "learning_steps"});
  setInts(layer, "weights", DType::I8, Shape{1, 1, 6, 2}, {1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1});
  const Error error = errorIn(layer.setVariable(
      "weights", tensorOf(DType::I8, Shape{1, 1, 6, 2}, {1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0})));
  CHECK(error.code == Errc::Value);
  CHECK(holds(error.message, {"variable 'weights'", "neuron 1 has 2 ones", "num_weights, 3"}));
  setInts(layer, "threshold_learning", DType::I32, Shape{2}, {3, 0});
  CHECK(layer.getLearningHistogram()->integer(201) == 1);
  CHECK(layer.getLearningHistogram()->integer(1) == 1);
  CHECK(
      holds(errorIn(layer.setVariable("threshold_learning", tensorOf(DType::I32, Shape{2}, {4, 0})))
                .message,
            {"element 0 is 4, legal: 0 to 3"}));
  CHECK(
      errorIn(layer.setVariable("learning_steps", tensorOf(DType::I32, Shape{2}, {-1, 0}))).code ==
      Errc::Value);
}

TEST_CASE("files keep what was learned; damaged ones are refused") {
  Random random(7);
  api::Model model = bits(2, 2, 5, 4);
  const std::uint64_t seed = std::numeric_limits<std::uint64_t>::max();
  REQUIRE(model.compile(api::AkidaUnsupervised(7, 2, 0.7F, 0.3F, 0.2F, 0.1F, seed)).ok());
  REQUIRE(model.fit(samplesOf(random, Shape{5, 2, 2, 5}), 1).ok());
  const Json dict = model.toDict();
  CHECK(api::Model::fromDict(dict)->learning() == model.learning());
  CHECK(api::Model::fromBuffer(*model.toBuffer())->toJson() == dict.dump());
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = dict.dump();
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
    return errorIn(api::Model::fromJson(text)).message;
  };
  CHECK(holds(changed("\"num_weights\":7", "\"num_weights\":6"),
              {"layer 'learned'", "neuron 0 has 7 ones"}));
  CHECK(holds(changed("\"num_weights\":7", "\"num_weights\":true"),
              {"layer 'learned' (FullyConnected): 'learning'", "num_weights is true"}));
  CHECK(holds(changed("\"num_weights\":7,", ""), {"num_weights is missing"}));
  CHECK(holds(changed("AkidaUnsupervised", "Adam"), {"the optimizer is \"Adam\""}));
  CHECK(holds(changed("\"min_plasticity\"", "\"momentum\""), {"unknown key 'momentum'"}));
  CHECK(holds(changed("\"" + std::to_string(seed) + "\"", "\"-1\""), {"seed is \"-1\""}));
  CHECK(holds(changed("\"weights\":{", "\"threshold\":{"), {"learned"}));
  CHECK(holds(changed("\"inbounds\":[]", "\"inbounds\":[],\"learning\":{\"num_weights\":1}"),
              {"InputData", "'learning'", "cannot learn"}));
}

TEST_CASE("learn_mem comes back bit for bit, and nothing else does") {
  Random random(8);
  api::Model model = bits(1, 1, 24, 6);
  REQUIRE(model.compile(optimizer(6, 2)).ok());
  REQUIRE(model.fit(samplesOf(random, Shape{9, 1, 1, 24}), 1).ok());
  const std::string learned = model.toJson();
  const std::vector<std::byte> bytes = *model.learnMem();
  REQUIRE(model.compile(optimizer(6, 2)).ok());
  const std::string fresh = model.toJson();
  CHECK(fresh != learned);
  for (std::size_t i = 0; i < bytes.size(); i += 7) {
    std::vector<std::byte> damaged = bytes;
    damaged[i] ^= std::byte{1};
    CAPTURE(i);
    const Status status = model.setLearnMem(damaged);
    CHECK_FALSE(status.ok());
    CHECK(model.toJson() == fresh);
  }
  CHECK(errorIn(model.setLearnMem({bytes.data(), bytes.size() / 2})).code == Errc::Format);
  REQUIRE(model.setLearnMem(bytes).ok());
  CHECK(model.toJson() == learned);
  api::Model other = bits(1, 1, 24, 6);
  REQUIRE(other.compile(optimizer(6, 3)).ok());
  CHECK(holds(errorIn(other.setLearnMem(bytes)).message,
              {"learn_mem", "\"num_classes\":2", "legal", "\"num_classes\":3"}));
  api::Model wider = bits(1, 1, 25, 6);
  REQUIRE(wider.compile(optimizer(6, 2)).ok());
  CHECK(holds(errorIn(wider.setLearnMem(bytes)).message, {"'weights'", "[1, 1, 24, 6]"}));
}

TEST_CASE("learning vectors") {
  const std::string folder = "../shared/data/akida/learning/";
  for (const char* name : {"labelled", "spatial_add_classes", "unlabelled"}) {
    CAPTURE(name);
    Result<SafeTensors> file = readSafeTensors(folder + name + ".safetensors");
    if (!file.ok()) return skip(folder + " is not here");
    CHECK(api::isLearningVector(*file));
    const auto vector = api::readLearningVector(*file);
    REQUIRE_MESSAGE(vector.ok(), vector.error().message);
    Result<api::Model> model = api::learningModel(*vector);
    REQUIRE(model.ok());
    const Result<VectorResult> result = api::verifyLearning(*vector, *model);
    REQUIRE_MESSAGE(result.ok(), result.error().message);
    CHECK_MESSAGE(result->mismatches.empty(), result->mismatches.front().toString());
    CHECK(result->values > 1000);
    // Any other seed shows.
    api::LearningVector changed = *vector;
    ++changed.optimizer.seed;
    Result<api::Model> wrong = api::learningModel(changed);
    REQUIRE(wrong.ok());
    CHECK_FALSE(api::verifyLearning(changed, *wrong)->mismatches.empty());
  }
}

}  // namespace glint::test
