#include <cmath>
#include <limits>

#include "tests/nnets/api/learn_fixture.h"

/// What compile, fit and the like refuse; variables, files and learn_mem.
namespace glint::test {

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

}  // namespace glint::test
