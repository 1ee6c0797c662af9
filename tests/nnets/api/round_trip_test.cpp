#include <algorithm>
#include <cstring>

#include "core/file.h"
#include "nnets/api/model.h"
#include "nnets/formats/model_json.h"
#include "tests/core/temp_folder.h"
#include "tests/nnets/api/fixture.h"
#include "tests/support/random_model.h"

namespace glint::test {
namespace {

/// The text of a model with one member replaced.
std::string errorOfJson(const std::string& text) {
  const Result<api::Model> model = api::Model::fromJson(text);
  return model.ok() ? "" : model.error().message;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("random models survive dict, JSON, buffer and file, bit for bit") {
  const TempFolder folder;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    api::Model model(seed % 2 == 0 ? randomModel(seed) : randomModelV1(seed));
    const Json dict = model.toDict();
    const std::vector<std::byte> buffer = *model.toBuffer();
    const Result<api::Model> fromDict = api::Model::fromDict(dict);
    REQUIRE_MESSAGE(fromDict.ok(), fromDict.error().message);
    CHECK(*fromDict->toBuffer() == buffer);
    const Result<api::Model> fromJson = api::Model::fromJson(model.toJson());
    REQUIRE_MESSAGE(fromJson.ok(), fromJson.error().message);
    CHECK(fromJson->toDict() == dict);
    CHECK(fromJson->toJson() == model.toJson());
    const Result<api::Model> fromBuffer = api::Model::fromBuffer(buffer);
    REQUIRE_MESSAGE(fromBuffer.ok(), fromBuffer.error().message);
    CHECK(fromBuffer->toDict() == dict);
    REQUIRE(model.save(folder.file("m.glint")).ok());
    CHECK(*readFile(folder.file("m.glint")) == buffer);
    CHECK(api::Model::load(folder.file("m.glint"))->toDict() == dict);
  }
}

TEST_CASE("floats keep their bits, pictures their texts, names their letters") {
  glint::Model graph = firstInputs(2, "\"act_bits\": 4").graph();
  graph.inputInfo = *parseJson(R"({"in": {"mean": 0.1, "scale": [1e-30, 3]}})");
  graph.outputInfo = Json("labels");
  api::Model model(std::move(graph));
  const float step = 0x1.000002p-100F;
  REQUIRE(model.getLayer("dense")
              ->setVariable("act_step", Tensor::of<float>(Shape{2}, {step, 0.1F}))
              .ok());
  REQUIRE(model.add(layerOf("FullyConnected", R"("units": 1)", "é \"\n\\")).ok());
  const Result<api::Model> again = api::Model::fromJson(model.toJson());
  REQUIRE_MESSAGE(again.ok(), again.error().message);
  CHECK(again->toDict() == model.toDict());
  CHECK(again->getLayer("dense")->getVariable("act_step")->as<float>()[0] == step);
  CHECK(again->graph().inputInfo == model.graph().inputInfo);
  CHECK(again->graph().outputInfo == Json("labels"));
  CHECK(again->getLayer(2)->name() == "é \"\n\\");
}

TEST_CASE("an empty model is an empty list") {
  const Result<api::Model> model = api::Model::fromJson(api::Model().toJson());
  REQUIRE(model.ok());
  CHECK(model->getLayerCount() == 0);
}

TEST_CASE("the dict of a layer") {
  const api::Model model = firstInputs(1);
  const Json dict = model.getLayer("dense")->toDict();
  CHECK(*dict.find("name") == Json("dense"));
  CHECK(*dict.find("type") == Json("FullyConnected"));
  CHECK(*dict.find("inbounds") == Json(Json::Array{Json("in")}));
  CHECK(*dict.find("params")->find("units") == Json(1));
  const Json* weights = dict.find("variables")->find("weights");
  REQUIRE(weights != nullptr);
  CHECK(*weights->find("dtype") == Json("int8"));
  CHECK(*weights->find("data") == Json("AQAAAAAAAAAAAAAA"));
  CHECK(dict.find("variables")->find("threshold") == nullptr);  // neutral
}

TEST_CASE("JSON that is no model is refused, by layer and key") {
  const std::string text = firstInputs(1).toJson();
  REQUIRE(errorOfJson(text).empty());
  CHECK(errorIn(api::Model::fromJson("{")).code == Errc::Format);
  CHECK(holds(errorOfJson("[]"), {"the model is [], legal: an object"}));
  CHECK(holds(errorOfJson("{}"), {"'format' is missing"}));
  CHECK(holds(errorOfJson(R"({"format":1,"layers":{}})"), {"'layers' is {}, legal: a list"}));
  CHECK(holds(errorOfJson(replaced(text, "AQAA", "AQA*")),
              {"layer 'dense' (FullyConnected): variable 'weights': 'data'"}));
  CHECK(holds(errorOfJson(replaced(text, "AQAA", "AgAA")),
              {"variable 'weights' element 0 is 2, legal: 0 to 1"}));
  CHECK(holds(errorOfJson(replaced(text, "\"weights\"", "\"waits\"")),
              {"layer 'dense' (FullyConnected): variable 'waits' is unknown"}));
  CHECK(holds(errorOfJson(replaced(text, "\"variables\":{}", "\"variables\":[]")),
              {"layer 'in' (InputData): 'variables' is no object"}));
  CHECK(holds(errorOfJson(replaced(text, "\"variables\"", "\"values\"")),
              {"unknown key 'values'", "variables"}));
  CHECK(holds(errorOfJson(replaced(text, "\"units\":1", "\"units\":0")), {"units is 0"}));
}

TEST_CASE("buffers that are no model are refused") {
  const api::Model model = firstInputs(1);
  const std::vector<std::byte> buffer = *model.toBuffer();
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{7}, std::size_t{9}, buffer.size() - 1}) {
    CAPTURE(size);
    CHECK(errorIn(api::Model::fromBuffer(std::span(buffer).first(size))).code == Errc::Format);
  }
  CHECK(holds(errorIn(api::Model::fromBuffer({})).message, {"not a Glint model"}));
  CHECK(holds(errorIn(api::Model::load("/nowhere/m.glint")).message, {"/nowhere/m.glint"}));
}

}  // namespace glint::test
