#include "nnets/devices/fuse.h"

#include <doctest/doctest.h>

#include "nnets/schedule/schedule.h"

using namespace glint;

namespace {

void add(Model& model, const char* type, const std::string& name, std::vector<std::string> inbounds,
         const std::string& params) {
  auto layer = makeLayer(type);
  layer->name = name;
  layer->inbounds = std::move(inbounds);
  REQUIRE(readFields(*layer, *parseJson(params)).ok());
  const std::vector<int> sources = [&] {
    std::vector<int> found;
    for (const std::string& from : layer->inbounds) found.push_back(model.find(from));
    return found;
  }();
  std::vector<TensorType> inputs;
  for (int source : sources) inputs.push_back(model.outputType(source));
  for (const VariableDecl& decl : layer->variableTable(inputs)) {
    if (decl.name != "weights") continue;
    Tensor weights(decl.dtype, decl.shape);
    for (auto& w : weights.as<std::int8_t>()) w = 3;
    layer->variables["weights"] = std::move(weights);
  }
  REQUIRE(model.add(std::move(layer)).ok());
}

Model inputOf(int extent, int channels) {
  Model model;
  add(model, "InputData", "in", {},
      R"({"input_bits":8,"input_shape":[)" + std::to_string(extent) + "," + std::to_string(extent) +
          "," + std::to_string(channels) + "]}");
  return model;
}

constexpr const char* kSum = R"({"kernel_size":3,"activation":"ReLU","output_bits":8})";
std::string dense(int filters, int kernel, const std::string& more = "") {
  return R"({"activation":"ReLU","output_bits":8,"filters":)" + std::to_string(filters) +
         R"(,"kernel_size":)" + std::to_string(kernel) + more + "}";
}

Schedule schedule(const Model& model, ScheduleOptions options = {}) {
  auto made = makeSchedule(model, options);
  REQUIRE(made.ok());
  return std::move(made).value();
}

/// In whose passes layer `name` is computed; empty: in its own.
std::string inside(const Model& model, const Schedule& schedule, const std::string& name) {
  const int layer = schedule.layers[static_cast<std::size_t>(model.find(name))].inside;
  return layer < 0 ? "" : model.layer(layer).name;
}

}  // namespace

TEST_CASE("a depthwise convolution is computed in the pointwise one that reads it") {
  Model model = inputOf(12, 8);
  add(model, "DepthwiseConv2D", "dw", {"in"}, kSum);
  add(model, "Conv2D", "pw", {"dw"}, dense(16, 1));
  const Schedule fused = schedule(model);
  CHECK(inside(model, fused, "dw") == "pw");
  CHECK(fused.draws.size() == 1);
  CHECK(fused.textures.size() == 2 + 4);  // of the feed and the output alone
  SUBCASE("not when the host wants its output") {
    ScheduleOptions options;
    options.fetch = {model.find("dw")};
    CHECK(inside(model, schedule(model, options), "dw").empty());
  }
  SUBCASE("not when somebody else reads it, too") {
    add(model, "Conv2D", "other", {"dw"}, dense(4, 1));
    CHECK(inside(model, schedule(model), "dw").empty());
  }
  SUBCASE("not when the mapper may not") {
    ScheduleOptions options;
    options.mapping.fuse = false;
    CHECK(schedule(model, options).draws.size() == 2);
  }
}

TEST_CASE("work that would be repeated for each pass is weighed against a pass") {
  Model model = inputOf(12, 8);
  add(model, "DepthwiseConv2D", "dw", {"in"}, kSum);
  add(model, "Conv2D", "pw", {"dw"}, dense(64, 1));  // four passes of four pages
  ScheduleOptions options;
  CHECK(inside(model, schedule(model, options), "dw") == "pw");
  options.mapping.passMacs = 0;
  CHECK(inside(model, schedule(model, options), "dw").empty());
}

TEST_CASE("a convolution is computed in its pooling only if no window overlaps another") {
  Model apart = inputOf(12, 4);
  add(apart, "Conv2D", "conv", {"in"},
      dense(4, 3, R"(,"pool_type":"Max","pool_size":2,"pool_stride":2)"));
  CHECK(schedule(apart).draws.size() == 1);
  Model overlapping = inputOf(12, 4);
  add(overlapping, "Conv2D", "conv", {"in"},
      dense(4, 3, R"(,"pool_type":"Max","pool_size":2,"pool_stride":1)"));
  CHECK(schedule(overlapping).draws.size() == 2);
}

TEST_CASE(
    "a residual addition takes in the convolution in front of it, and its skip from outside") {
  Model model = inputOf(12, 16);
  add(model, "Conv2D", "conv", {"in"}, dense(16, 3));
  add(model, "Add", "add", {"conv", "in"}, R"({"output_bits":8})");
  const Schedule fused = schedule(model);
  CHECK(inside(model, fused, "conv") == "add");
  CHECK(fused.draws.size() == 1);
}

TEST_CASE("a window of more than one position would compute what it reads many times") {
  Model model = inputOf(12, 8);
  add(model, "DepthwiseConv2D", "dw", {"in"}, kSum);
  add(model, "Conv2D", "conv", {"dw"}, dense(8, 3));
  CHECK(inside(model, schedule(model), "dw").empty());
}

TEST_CASE("a model that starts quickly draws op by op, and keeps its textures when it is fused") {
  Model model = inputOf(12, 8);
  add(model, "DepthwiseConv2D", "dw", {"in"}, kSum);
  add(model, "Conv2D", "pw", {"dw"}, dense(16, 1));
  ScheduleOptions options;
  options.mapping.specialised = true;
  options.mapping.inlineBudget = 0;
  const Schedule first = schedule(model, options);
  CHECK(first.draws.size() == 2);
  options.given = withInlineWeights(first.mapping, first.graph, options.mapping);
  const Schedule second = schedule(model, options);
  CHECK(inside(model, second, "dw") == "pw");
  CHECK(second.draws.size() == 1);
  CHECK(second.textures == first.textures);
}
