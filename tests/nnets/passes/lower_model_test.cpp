#include "nnets/passes/lower_model.h"

#include <doctest/doctest.h>

#include "tests/support/evaluate_ops.h"
#include "tests/support/random_model.h"

using namespace glint;

TEST_CASE("lowered layers mean what their references define, within the inferred ranges") {
  int ops = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    const Model model = test::randomModel(seed);
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
    ops += static_cast<int>(lowered.graph.ops.size());
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
  }
  CHECK(ops > 500);
}
