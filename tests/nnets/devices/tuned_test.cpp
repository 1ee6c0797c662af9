#include "nnets/devices/tuned.h"

#include <string>

#include <doctest/doctest.h>

#include "nnets/passes/lower_model.h"
#include "tests/nnets/layer_fixture.h"

using namespace glint;

namespace {

const Tuned kTuned{Storage::Uint8,
                   {{1, "first", {Placement::Inline, 32}}, {2, "second", {Placement::Texture, 4}}}};

std::string errorOf(const std::string& text) {
  const Result<Tuned> tuned = tunedFromJson(*parseJson(text));
  return tuned.ok() ? "" : tuned.error().message;
}

std::string layerError(const std::string& layer) {
  return errorOf(R"({"texels":"rgba8","layers":[)" + layer + "]}");
}

/// Two dense layers of 32 channels behind an input.
OpGraph twoLayers() {
  Model model;
  auto input = makeLayer("InputData");
  input->name = "in";
  REQUIRE(readFields(*input, *parseJson(R"({"input_shape":[1,1,32]})")).ok());
  REQUIRE(model.add(std::move(input)).ok());
  for (const std::string name : {"first", "second"}) {
    auto dense = makeLayer("FullyConnected");
    dense->name = name;
    dense->inbounds = {name == "first" ? "in" : "first"};
    REQUIRE(readFields(*dense, *parseJson(R"({"units":32})")).ok());
    REQUIRE(model.add(std::move(dense)).ok());
  }
  return lowerModel(model, {}, {}).graph;
}

/// A mapper that leaves in what it was asked for; with `fusing` it computes op 0 in op 1.
Mapping record(const OpGraph& graph, const MappingOptions& options, bool fusing) {
  Mapping mapping;
  mapping.fused = true;
  for (std::size_t i = 0; i < graph.ops.size(); ++i) {
    OpMapping op;
    op.placement = options.forcePlacement ? options.placement : Placement::Uniform;
    op.passes.resize(1);
    op.passes[0].nps.resize(static_cast<std::size_t>(options.mostTargets));
    if (fusing && i == 0) op.into = 1;
    mapping.ops.push_back(op);
  }
  return mapping;
}

}  // namespace

TEST_CASE("what measuring chose survives its text") {
  const Result<Tuned> read = tunedFromJson(tunedJson(kTuned));
  REQUIRE_MESSAGE(read.ok(), read.error().message);
  CHECK(*read == kTuned);
  for (const Storage bytes : {Storage::Norm8, Storage::Uint8, Storage::Packed}) {
    CHECK(*tunedFromJson(tunedJson({bytes, {}})) == Tuned{bytes, {}});
  }
  CHECK(kTuned.layers[0].choice.toString() == "inline, 32 filters");
  CHECK(kTuned.layers[1].choice.toString() == "texture, 4 filters");
}

TEST_CASE("texts that are none") {
  using test::holds;
  CHECK(holds(errorOf("{}"), {"'texels' is missing"}));
  CHECK(holds(errorOf(R"({"texels":"rgb"})"), {"'texels' is \"rgb\"", "packed"}));
  CHECK(holds(errorOf(R"({"texels":"rgba8"})"), {"'layers' is missing"}));
  CHECK(holds(layerError("1"), {"'layer' is missing"}));
  const std::string rest = R"(,"name":"a","placement":"inline")";
  CHECK(layerError(R"({"layer":0,"filters":4)" + rest + "}").empty());
  CHECK(holds(layerError(R"({"layer":-1,"filters":4)" + rest + "}"), {"'layer' is -1"}));
  CHECK(holds(layerError(R"({"layer":0,"filters":3)" + rest + "}"), {"'filters' is 3"}));
  CHECK(holds(layerError(R"({"layer":0,"filters":513)" + rest + "}"), {"'filters' is 513"}));
  CHECK(holds(layerError(R"({"layer":0,"filters":4,"name":"a","placement":"x"})"),
              {"'placement' is \"x\"", "uniform"}));
}

TEST_CASE("each layer is mapped as its choice asks, others as the rules do") {
  const OpGraph graph = twoLayers();
  REQUIRE(graph.ops.size() == 2);
  MappingOptions rules;
  rules.mostTargets = 3;
  rules.specialised = true;
  bool specialised = false;
  const auto map = [&](const MappingOptions& options) {
    specialised = specialised || options.specialised;
    return record(graph, options, false);
  };
  const Mapping both = mapTuned(kTuned, graph, rules, map);
  CHECK(both.ops[0].placement == Placement::Inline);
  CHECK(both.ops[0].targets() == 8);
  CHECK(both.ops[1].placement == Placement::Texture);
  CHECK(both.ops[1].targets() == 1);
  Tuned one = kTuned;
  one.layers.erase(one.layers.begin());
  const Mapping second = mapTuned(one, graph, rules, map);
  CHECK(second.ops[0].targets() == 3);
  CHECK(second.ops[1].targets() == 1);
  CHECK(!specialised);
}

TEST_CASE("ops in each other's passes are not torn apart") {
  const OpGraph graph = twoLayers();
  const MappingOptions rules;
  const auto map = [&](const MappingOptions& options) {
    return record(graph, options, options.placement == Placement::Inline && options.forcePlacement);
  };
  // Inline computes op 0 in op 1; the texture loop for op 1 does not take it in.
  const Mapping torn = mapTuned(kTuned, graph, rules, map);
  CHECK(torn.ops[0].into == -1);
  CHECK(torn.ops[0].placement == Placement::Uniform);
  CHECK(torn.ops[1].placement == Placement::Uniform);
  // The other way round op 1 would take in what is drawn anyway.
  Tuned swapped = kTuned;
  std::swap(swapped.layers[0].choice, swapped.layers[1].choice);
  CHECK(mapTuned(swapped, graph, rules, map).ops[1].placement == Placement::Uniform);
  Tuned together = kTuned;
  together.layers[1].choice = together.layers[0].choice;
  CHECK(mapTuned(together, graph, rules, map).ops[0].into == 1);
}
