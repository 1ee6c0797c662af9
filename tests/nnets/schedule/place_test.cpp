#include "nnets/schedule/place.h"

#include <algorithm>
#include <map>

#include <doctest/doctest.h>

#include "tests/support/random_model.h"

using namespace glint;

namespace {

/// Follows the steps and requires that whoever reads a value finds it in its textures, and that no
/// draw writes a texture that it reads: OpenGL ES leaves that undefined, although some drivers
/// give what one would like.
class Follower {
 public:
  explicit Follower(const Schedule& schedule) : schedule_(schedule) {
    for (const RunStep& step : schedule.steps) {
      if (const auto* draw = std::get_if<DrawStep>(&step)) {
        const Op& op = schedule.graph.ops[static_cast<std::size_t>(draw->op)];
        if (texturesOf(op.output).empty()) continue;  // computed inside another op
        readsInputs(draw->op, op.output);
        writes(op.output);
      } else if (const auto* scan = std::get_if<ScanStep>(&step)) {
        // What is kept is there from the step before.
        for (int op : scan->ops) {
          const int output = schedule.graph.ops[static_cast<std::size_t>(op)].output;
          if (schedule.graph.values[static_cast<std::size_t>(output)].history > 0) writes(output);
        }
        for (int op : scan->ops) {
          const int output = schedule.graph.ops[static_cast<std::size_t>(op)].output;
          readsInputs(op, output);
          writes(output);
        }
      } else if (const auto* upload = std::get_if<UploadStep>(&step)) {
        writes(upload->value);
      } else if (const auto* fetch = std::get_if<FetchStep>(&step)) {
        reads(fetch->value, -1);
      }
    }
  }

  int reused = 0;

 private:
  const std::vector<int>& texturesOf(int value) const {
    return schedule_.values[static_cast<std::size_t>(value)].textures;
  }
  void writes(int value) {
    REQUIRE(!texturesOf(value).empty());
    for (int texture : texturesOf(value)) {
      reused += holds_.contains(texture);
      holds_[texture] = value;
    }
  }
  /// What an op reads, and what is computed inside it.
  void readsInputs(int op, int output) const {
    const OpGraph& graph = schedule_.graph;
    for (const SumInput& input : graph.ops[static_cast<std::size_t>(op)].inputs) {
      if (!texturesOf(input.value).empty()) reads(input.value, output);
      for (std::size_t i = 0; i < graph.ops.size(); ++i) {
        const bool inside = schedule_.mapping.ops[i].into == op;
        if (inside && graph.ops[i].output == input.value) {
          readsInputs(static_cast<int>(i), output);
        }
      }
    }
  }
  void reads(int value, int output) const {
    for (int texture : texturesOf(value)) {
      REQUIRE(holds_.at(texture) == value);
      if (output < 0) continue;
      const auto& targets = texturesOf(output);
      REQUIRE(std::find(targets.begin(), targets.end(), texture) == targets.end());
    }
  }

  const Schedule& schedule_;
  std::map<int, int> holds_;
};

Schedule scheduled(const Model& model) {
  auto schedule = makeSchedule(model, {});
  REQUIRE(schedule.ok());
  return std::move(schedule).value();
}

}  // namespace

TEST_CASE("a chain of equal maps goes to and fro between two sets of textures") {
  Model model;
  std::string before;
  for (int i = 0; i < 6; ++i) {
    auto layer = makeLayer(i == 0 ? "InputData" : "DepthwiseConv2D");
    layer->name = "l" + std::to_string(i);
    if (i == 0) {
      REQUIRE(readFields(*layer, *parseJson(R"({"input_shape":[8,8,4],"input_bits":8,
                                                "input_signed":true})"))
                  .ok());
    } else {
      layer->inbounds = {before};
      REQUIRE(readFields(*layer, *parseJson(R"({"kernel_size":3,"activation":"NoActivation",
                                                "output_bits":8})"))
                  .ok());
      layer->variables["weights"] = Tensor(DType::I8, {3, 3, 4, 1});
      for (auto& w : layer->variables["weights"].as<std::int8_t>()) w = 100;
    }
    before = layer->name;
    REQUIRE(model.add(std::move(layer)).ok());
  }
  const Schedule schedule = scheduled(model);
  CHECK(Follower(schedule).reused > 0);
  CHECK(schedule.textures.size() <= 4);
}

TEST_CASE("random models: a value stays in its textures until its last reader") {
  int reused = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    reused += Follower(scheduled(test::randomModel(seed))).reused;
  }
  CHECK(reused > 0);
}

TEST_CASE("what streams keep has textures of its own, with room for all its maps") {
  int kept = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    const Schedule schedule = scheduled(test::randomModelTemporal(seed));
    Follower follower(schedule);
    std::map<int, std::size_t> owner;
    for (std::size_t v = 0; v < schedule.values.size(); ++v) {
      const ValuePlan& plan = schedule.values[v];
      const int history = schedule.graph.values[v].history;
      for (int t : plan.textures) {
        const TexturePlan& texture = schedule.textures[static_cast<std::size_t>(t)];
        CHECK(texture.kept == (history > 0));
        if (!texture.kept) continue;
        ++kept;
        CHECK(owner.emplace(t, v).second);
        CHECK(plan.slots.slots == history);
        CHECK(texture.width == plan.slots.width(plan.layout));
        CHECK(texture.height == plan.slots.height(plan.layout));
      }
    }
  }
  CHECK(kept > 0);
}
