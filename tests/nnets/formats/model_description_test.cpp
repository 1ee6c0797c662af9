#include "nnets/formats/model_description.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "core/file.h"
#include "core/random.h"
#include "nnets/formats/model_file.h"
#include "tests/nnets/layer_fixture.h"
#include "tests/support/skip.h"

namespace glint::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNetworks[] = {"dscnn_kws", "mobilenet025_160", "resnet8_32",
                                     "unet_64",   "wide_deep",        "zoom_like"};

const std::string kConv =
    R"({"name":"c","type":"Conv2D","params":{"filters":8,"kernel_size":3},"inbounds":["i"])";

std::string described(const std::string& conv, const std::string& random = R"({"seed":1})") {
  return R"({"format":1,"random":)" + random +
         R"(,"layers":[{"name":"i","type":"InputData","params":{"input_shape":[8,8,4],)"
         R"("input_bits":8}},)" +
         conv + "]}";
}

std::string errorOf(const std::string& text) {
  const Result<Model> model = modelFromDescription(text);
  return model.ok() ? "" : model.error().message;
}

fs::path benchFile(const std::string& name) {
  return fs::path(GLINT_SOURCE_DIR) / "bench" / (name + ".json");
}

/// Codes, or sums, that use their range: neither lost nor mostly at its ends.
void checkSpread(const Layer& layer, const Tensor& output) {
  CAPTURE(layer.name);
  std::int64_t ends = 0;
  std::set<std::int64_t> values;
  const auto numbers = output.as<std::int32_t>();
  const auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
  for (const std::int32_t v : numbers) {
    values.insert(v);
    ends += (v == *low || v == *high) ? 1 : 0;
  }
  // Codes of 4 bits have 16 values, means of a map half of them; small outputs cannot have many.
  CHECK(values.size() >= static_cast<std::size_t>(std::min<std::int64_t>(5, output.size() / 2)));
  if (output.size() > 100) CHECK(ends < output.size() * 85 / 100);
}

}  // namespace

TEST_CASE("the same seed gives the same model, another one another") {
  const Result<Model> a = modelFromDescription(described(kConv + "}"));
  const Result<Model> b = modelFromDescription(described(kConv + "}"));
  const Result<Model> c = modelFromDescription(described(kConv + "}", R"({"seed":2})"));
  REQUIRE_MESSAGE(a.ok(), a.error().message);
  REQUIRE(b.ok());
  REQUIRE(c.ok());
  CHECK(a->layer(1).variables == b->layer(1).variables);
  CHECK(a->layer(1).variables != c->layer(1).variables);
  for (const char* name : {"weights", "bias", "bias_shift", "output_scales", "output_shift"}) {
    CHECK(a->layer(1).hasVariable(name));
  }
  CHECK(!a->layer(1).hasVariable("input_shift"));
  // SplitMix64 from seed 1, four draws a weight: the same numbers on every platform.
  CHECK(a->layer(1).variable("weights", 0) == -28);
  CHECK(a->layer(1).variable("weights", 1) == 21);
}

TEST_CASE("a description names the variables that are drawn") {
  const Result<Model> model = modelFromDescription(
      described(kConv + R"(,"variables":["weights","max_value","max_value_shift"]})"));
  REQUIRE_MESSAGE(model.ok(), model.error().message);
  CHECK(model->layer(1).variables.size() == 3);
  CHECK(model->layer(1).variable("max_value", 0) >= 128);
  CHECK(holds(errorOf(described(kConv + R"(,"variables":["max_value"]})")), {"'c'", "weights"}));
  CHECK(holds(errorOf(described(kConv + R"(,"variables":["weights","lut_values"]})")),
              {"layer 'c' (Conv2D)", "no variable 'lut_values'"}));
}

TEST_CASE("descriptions that are none") {
  CHECK(holds(errorOf("{"), {"1"}));
  CHECK(holds(errorOf("[]"), {"an array", "an object"}));
  CHECK(holds(errorOf(R"({"format":1,"layers":[]})"), {"'random' is missing"}));
  for (const char* random :
       {"1", R"({"seed":-1})", R"({"seed":"1"})", R"({"seed":1,"x":2})", "{}"}) {
    CHECK(holds(errorOf(described(kConv + "}", random)), {"'random' is", "seed"}));
  }
  for (const char* list : {"1", "[]", "[1]", R"(["weights",1])"}) {
    CHECK(holds(errorOf(described(kConv + R"(,"variables":)" + list + "}")),
                {"layer 'c'", "'variables' is", "a list of names"}));
  }
  CHECK(
      holds(errorOf(R"({"format":1,"random":{"seed":1},"layers":[1]})"), {"layer 0", "an object"}));
  CHECK(holds(errorOf(R"({"format":1,"random":{"seed":1},"layers":1})"), {"'layers' is 1"}));
  CHECK(holds(errorOf(described(
                  R"({"name":"c","type":"Dense1D","params":{"units":1},"inbounds":["none"]})")),
              {"none"}));
}

TEST_CASE("a variable too large to be drawn is refused before it is made") {
  const std::string conv = R"({"name":"c","type":"Conv2D","params":{"filters":60000,)"
                           R"("kernel_size":100},"inbounds":["i"]})";
  CHECK(holds(errorOf(described(conv)), {"layer 'c' (Conv2D)", "'weights'", "too large"}));
}

TEST_CASE("text is told from safetensors by its content") {
  const auto is = [](const std::string& text) {
    return isDescription(std::as_bytes(std::span(text.data(), text.size())));
  };
  CHECK(is(described(kConv + "}")));
  CHECK(is("\n  {\"format\": 1}"));
  CHECK(!is("{}"));
  CHECK(!is(std::string("{\0\0\0\0\0\0\0{\"format\":1}", 21)));
  CHECK(!is("a text of another kind"));
}

TEST_CASE("the networks of bench/ keep their values spread") {
  for (const std::string network : {"dscnn_kws", "mobilenet025_160", "resnet8_32", "zoom_like"}) {
    CAPTURE(network);
    const Result<Model> model = loadModel(benchFile(network).string());
    REQUIRE_MESSAGE(model.ok(), model.error().message);
    const TensorType& type = model->inputTypes(0)[0];
    Random random(7);
    Tensor feed(type.isFloat ? DType::F32 : DType::I32, type.shape);
    if (type.isFloat) {
      for (float& v : feed.as<float>()) v = static_cast<float>(random.between(-60, 60)) / 10.F;
    } else {
      for (std::int32_t& v : feed.as<std::int32_t>()) {
        v = static_cast<std::int32_t>(random.between(type.range().lo, type.range().hi));
      }
    }
    std::vector<LayerState> states;
    const auto outputs = runReference(*model, {&feed, 1}, states);
    REQUIRE_MESSAGE(outputs.ok(), outputs.error().message);
    for (int i = 0; i < model->layerCount(); ++i) {
      checkSpread(model->layer(i), (*outputs)[static_cast<std::size_t>(i)]);
    }
  }
}

TEST_CASE("the networks of bench/ have the layers and variables of those in shared/data") {
  const fs::path data = fs::path(GLINT_SOURCE_DIR) / "../shared/data/akida/nets";
  if (!fs::exists(data)) {
    skip("shared/data/akida/nets is not here");
    return;
  }
  for (const std::string network : kNetworks) {
    CAPTURE(network);
    const Result<Model> ours = loadModel(benchFile(network).string());
    const Result<Model> theirs = loadModel((data / (network + ".safetensors")).string());
    REQUIRE_MESSAGE(ours.ok(), ours.error().message);
    REQUIRE_MESSAGE(theirs.ok(), theirs.error().message);
    REQUIRE(ours->layerCount() == theirs->layerCount());
    CHECK(ours->macs() == theirs->macs());
    for (int i = 0; i < ours->layerCount(); ++i) {
      const Layer &a = ours->layer(i), &b = theirs->layer(i);
      CAPTURE(b.name);
      CHECK(a.name == b.name);
      CHECK(a.type() == b.type());
      CHECK(a.inbounds == b.inbounds);
      CHECK(writeFields(a) == writeFields(b));
      CHECK(ours->outputType(i) == theirs->outputType(i));
      REQUIRE(a.variables.size() == b.variables.size());
      for (const auto& [name, tensor] : b.variables) {
        CAPTURE(name);
        REQUIRE(a.variables.contains(name));
        CHECK(a.variables.at(name).type() == tensor.type());
      }
    }
  }
}

}  // namespace glint::test
