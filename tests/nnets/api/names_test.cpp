#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <sstream>
#include <type_traits>

#include <doctest/doctest.h>

#include "core/version.h"
#include "nnets/api/model.h"
#include "nnets/api/sparsity.h"
#include "tests/nnets/api/seed_names.h"
#include "tests/support/skip.h"

/// Every name of the Akida interface that concerns models and layers, and what it is called here.
/// Whatever is missing here does not compile; whatever is missing in this list, or in the table of
/// docs/api.md, fails.
namespace glint::test {

// Only their types count: nothing of them is ever evaluated.
extern api::Model model;
extern api::Layer layer;
extern api::Sequence sequence;
extern api::Pass pass;
extern api::PowerEvent event;
extern const api::Optimizer optimizer;
extern const Tensor tensor;
extern const Json dict;

namespace {

struct Name {
  const char* seed;
  const char* ours;
};

/// NAME(words there, words here, an expression that uses them)
#define NAME(seed, ours, expression) \
  (static_cast<void>(sizeof(std::is_void<decltype(expression)>)), Name{seed, ours})

const std::vector<Name>& names() {
  static const std::vector<Name> all{
      NAME("Model", "Model()", api::Model()),
      NAME("Model(filename)", "Model::load", api::Model::load("")),
      NAME("Model(layers)", "Model::fromLayers", api::Model::fromLayers({})),
      NAME("Model.add", "Model::add", model.add(layer)),
      NAME("Model.add_classes", "Model::addClasses", model.addClasses(1)),
      NAME("Model.compile", "Model::compile", model.compile(optimizer)),
      NAME("Model.evaluate", "Model::evaluate", model.evaluate(tensor, tensor, 0, 0)),
      NAME("Model.fit", "Model::fit",
           (model.fit(tensor), model.fit(tensor, 0.5), model.fit(tensor, tensor, 0),
            model.fit(tensor, std::vector<int>{}))),
      NAME("Model.forward", "Model::forward", model.forward(tensor, 0)),
      NAME("Model.from_dict", "Model::fromDict", api::Model::fromDict(dict)),
      NAME("Model.from_json", "Model::fromJson", api::Model::fromJson("")),
      NAME("Model.get_layer", "Model::getLayer", (model.getLayer(0), model.getLayer(""))),
      NAME("Model.get_layer_count", "Model::getLayerCount", model.getLayerCount()),
      NAME("Model.input_shape", "Model::inputShape", model.inputShape()),
      NAME("Model.ip_version", "Model::ipVersion", model.ipVersion()),
      NAME("Model.layers", "Model::layers", model.layers()),
      NAME("Model.learning", "Model::learning", model.learning()),
      NAME("Model.map", "Model::map", model.map(nullptr, false)),
      NAME("Model.metrics", "Model::metrics", model.metrics()),
      NAME("Model.output_shape", "Model::outputShape", model.outputShape()),
      NAME("Model.pop_layer", "Model::popLayer", model.popLayer()),
      NAME("Model.power_events", "Model::powerEvents", model.powerEvents()),
      NAME("Model.predict", "Model::predict", model.predict(tensor, 0)),
      NAME("Model.predict_classes", "Model::predictClasses", model.predictClasses(tensor, 0, 0)),
      NAME("Model.save", "Model::save", model.save("")),
      NAME("Model.sequences", "Model::sequences", model.sequences()),
      NAME("Model.statistics", "Model::statistics", model.statistics()),
      NAME("Model.summary", "Model::summary", model.summary()),
      NAME("Model.to_buffer", "Model::toBuffer", model.toBuffer()),
      NAME("Model(buffer)", "Model::fromBuffer", api::Model::fromBuffer({})),
      NAME("Model.to_dict", "Model::toDict", model.toDict()),
      NAME("Model.to_json", "Model::toJson", model.toJson()),
      NAME("Layer.get_learning_histogram", "Layer::getLearningHistogram",
           layer.getLearningHistogram()),
      NAME("Layer.get_variable", "Layer::getVariable", layer.getVariable("")),
      NAME("Layer.get_variable_names", "Layer::getVariableNames", layer.getVariableNames()),
      NAME("Layer.inbounds", "Layer::inbounds", layer.inbounds()),
      NAME("Layer.input_bits", "Layer::inputBits", layer.inputBits()),
      NAME("Layer.input_dims", "Layer::inputDims", layer.inputDims()),
      NAME("Layer.mapping", "Layer::mapping", layer.mapping()),
      NAME("Layer.name", "Layer::name", layer.name()),
      NAME("Layer.output_dims", "Layer::outputDims", layer.outputDims()),
      NAME("Layer.output_signed", "Layer::outputSigned", layer.outputSigned()),
      NAME("Layer.parameters", "Layer::parameters", layer.parameters()),
      NAME("Layer.set_variable", "Layer::setVariable",
           layer.setVariable("", tensor, api::Order::F)),
      NAME("Layer.to_dict", "Layer::toDict", layer.toDict()),
      NAME("Layer.variables", "Layer::variables", layer.variables()),
      NAME("Sequence.backend", "Sequence::backend", sequence.backend),
      NAME("Sequence.name", "Sequence::name", sequence.name),
      NAME("Sequence.passes", "Sequence::passes", sequence.passes),
      NAME("Sequence.program", "Sequence::program", sequence.program),
      NAME("Pass.layers", "Pass::layers", pass.layers),
      NAME("PowerEvent.current", "PowerEvent::current", event.current),
      NAME("PowerEvent.power", "PowerEvent::power", event.power),
      NAME("PowerEvent.ts", "PowerEvent::ts", event.ts),
      NAME("PowerEvent.voltage", "PowerEvent::voltage", event.voltage),
      NAME("Optimizer.get", "Optimizer::get", optimizer.get("")),
      NAME("AkidaUnsupervised", "AkidaUnsupervised",
           api::AkidaUnsupervised(1, 1, 1.F, 0.F, 0.1F, 0.25F)),
      NAME("__version__", "kVersion", kVersion),
      NAME("evaluate_sparsity", "evaluateSparsity", api::evaluateSparsity(model, tensor)),
      NAME("statistics", "Model::statistics", model.statistics()),
  };
  return all;
}

/// Names of devices: no part of the interface yet.
const std::set<std::string> kLater{"devices"};
/// Layers that are not there yet.
const std::set<std::string> kLaterLayers{
    "Stem", "Dense2D", "Attention", "ExtractToken", "MadNorm", "BatchNormalization", "Shiftmax"};

std::string textOf(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Nothing, with a note, when the document is not here.
std::optional<SeedNames> seed() {
  const std::string text = textOf("../shared/seeds/akida-runtime-api.txt");
  if (!text.empty()) return parseSeed(text);
  skip("../shared/seeds/akida-runtime-api.txt is not here");
  return std::nullopt;
}

bool isListed(const std::string& name) {
  return std::any_of(names().begin(), names().end(),
                     [&](const Name& known) { return known.seed == name; });
}

/// The default `text` of a constructor as a parameter of JSON, or null for an unknown notation.
Json defaultOf(const std::string& text, const Json& like) {
  if (text == "True" || text == "False") {
    const bool on = text == "True";
    if (like.asBool() != nullptr) return Json(on);
    return Json(on ? "ReLU" : "NoActivation");
  }
  if (text.starts_with("<")) {  // <Padding.Same: 1>
    const std::size_t dot = text.find('.');
    return Json(text.substr(dot + 1, text.find(':') - dot - 1));
  }
  std::string list = text;
  std::replace(list.begin(), list.end(), '(', '[');
  std::replace(list.begin(), list.end(), ')', ']');
  const Result<Json> json = parseJson(list);
  return json.ok() ? *json : Json();
}

}  // namespace

TEST_CASE("no name of models and layers is missing") {
  const std::optional<SeedNames> document = seed();
  if (!document) return;
  std::size_t found = 0;
  for (const char* owner : {"Model", "Layer", "Sequence", "Pass", "PowerEvent"}) {
    REQUIRE(document->members.contains(owner));
    for (const std::string& member : document->members.at(owner)) {
      const std::string name = std::string(owner) + "." + member;
      CAPTURE(name);
      CHECK(isListed(name) != kLater.contains(name));
      ++found;
    }
  }
  CHECK(found >= 48);
  for (const std::string& function : document->functions) {
    CAPTURE(function);
    CHECK(isListed(function) != kLater.contains(function));
  }
  CHECK(document->functions.size() == 4);
}

TEST_CASE("no enumerator is missing, and none has another number") {
  const std::optional<SeedNames> document = seed();
  if (!document) return;
  const auto check = [&](const char* owner, auto toEnum) {
    REQUIRE(document->enumerators.contains(owner));
    const std::vector<std::string>& members = document->enumerators.at(owner);
    CHECK(members.size() >= 2);
    for (std::size_t i = 0; i < members.size(); ++i) CHECK(toEnum(i) == members[i]);
  };
  check("LayerType", [](std::size_t i) { return api::name(static_cast<api::LayerType>(i)); });
  check("BackendType", [](std::size_t i) { return api::name(static_cast<api::BackendType>(i)); });
  check("Padding", [](std::size_t i) { return name(static_cast<Padding>(i)); });
  check("PoolType", [](std::size_t i) { return name(static_cast<PoolType>(i)); });
  CHECK(document->enumerators.at("LayerType").size() == 21);
}

TEST_CASE("every layer has the arguments of its constructor, with their defaults") {
  const std::optional<SeedNames> document = seed();
  if (!document) return;
  int layers = 0;
  for (const auto& [type, arguments] : document->arguments) {
    if (api::layerType(type) == api::LayerType::Unknown) continue;  // AkidaUnsupervised
    CAPTURE(type);
    const std::unique_ptr<Layer> known = makeLayer(type);
    CHECK((known == nullptr) == kLaterLayers.contains(type));
    if (known == nullptr) continue;
    ++layers;
    const Json parameters = writeFields(*known);
    for (const auto& [argument, written] : arguments) {
      if (argument == "name") continue;
      CAPTURE(argument);
      const Json* parameter = parameters.find(argument);
      REQUIRE(parameter != nullptr);
      if (!written.empty()) CHECK(*parameter == defaultOf(written, *parameter));
    }
  }
  CHECK(layers == 13);
}

TEST_CASE("docs/api.md lists every name") {
  const std::string page = textOf("docs/api.md");
  REQUIRE_FALSE(page.empty());
  for (const Name& name : names()) {
    CAPTURE(name.seed);
    const std::string row = "| `" + std::string(name.seed) + "` | `" + name.ours + "` |";
    CHECK(page.find(row) != std::string::npos);
  }
}

}  // namespace glint::test
