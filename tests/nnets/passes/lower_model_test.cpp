#include "nnets/passes/lower_model.h"

#include <doctest/doctest.h>

#include "tests/support/evaluate_ops.h"
#include "tests/support/random_model.h"

using namespace glint;

namespace {

/// Evaluates the lowered model and compares every layer with its reference. Returns the number of
/// ops.
int checkModel(const Model& model, std::uint64_t seed) {
  const std::vector<Tensor> feeds = test::randomFeeds(model, seed);
  std::vector<LayerState> states;
  const auto expected = runReference(model, feeds, states);
  REQUIRE(expected.ok());
  const LoweredModel lowered = lowerModel(model, {}, {});
  std::vector<Tensor> outside(lowered.graph.values.size());
  for (std::size_t i = 0; i < feeds.size(); ++i) {
    outside[static_cast<std::size_t>(lowered.feedValues[i])] = feeds[i];
  }
  for (int i = 0; i < model.layerCount(); ++i) {
    if (lowered.software[static_cast<std::size_t>(i)].empty()) continue;
    outside[static_cast<std::size_t>(lowered.graph.layerValue[static_cast<std::size_t>(i)])] =
        (*expected)[static_cast<std::size_t>(i)];
  }
  const auto values = test::evaluateOps(lowered.graph, outside);
  for (int i = 0; i < model.layerCount(); ++i) {
    const auto& got =
        values[static_cast<std::size_t>(lowered.graph.layerValue[static_cast<std::size_t>(i)])];
    const Tensor& want = (*expected)[static_cast<std::size_t>(i)];
    REQUIRE(static_cast<std::int64_t>(got.size()) == want.size());
    for (std::int64_t k = 0; k < want.size(); ++k) {
      CAPTURE(model.layer(i).name);
      CAPTURE(k);
      REQUIRE(got[static_cast<std::size_t>(k)] == want.integer(k));
    }
  }
  return static_cast<int>(lowered.graph.ops.size());
}

}  // namespace

TEST_CASE("lowered layers mean what their references define, within the inferred ranges") {
  int ops = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    ops += checkModel(test::randomModel(seed), seed);
  }
  CHECK(ops > 500);
}

TEST_CASE("so do those of Akida V1, of which none needs software") {
  int ops = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    CAPTURE(seed);
    const Model model = test::randomModelV1(seed);
    ops += checkModel(model, seed);
    for (const std::string& why : lowerModel(model, {}, {}).software) CHECK(why == "");
  }
  CHECK(ops > 1000);
}

TEST_CASE("so do those of transformers") {
  int ops = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    CAPTURE(seed);
    ops += checkModel(test::randomModelTransformer(seed), seed);
  }
  CHECK(ops > 3000);
}

TEST_CASE("potentials that just fit int32 have a proof, pooled ones too") {
  auto layer = makeLayer("InputConvolutional");
  layer->name = "conv";
  REQUIRE(readFields(*layer, *parseJson(R"({"input_shape":[2,2,3],"filters":1,"weights_bits":8,
      "kernel_size":[148,149],"activation":false,"pool_type":"Max","pool_size":[2,2],
      "pool_stride":[1,1],"padding_value":255})"))
              .ok());
  Tensor weights(DType::I8, {148, 149, 3, 1});
  for (auto& w : weights.as<std::int8_t>()) w = -127;  // 66156 * 127 * 255 = 2142462060
  layer->variables["weights"] = weights;
  Model model;
  REQUIRE(model.add(std::move(layer)).ok());
  checkModel(model, 1);
  const LoweredModel lowered = lowerModel(model, {}, {});
  CHECK(lowered.software[0].empty());
  for (const Proof& proof : lowered.proofs) CHECK(proof.bound == 2142462060);
}
