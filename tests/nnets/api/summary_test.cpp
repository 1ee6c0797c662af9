#include "nnets/api/summary.h"

#include "nnets/api/planned_device.h"
#include "tests/nnets/api/fixture.h"

namespace glint::test {
namespace {

api::Model separable() {
  api::Model model;
  REQUIRE(model.add(input4("in", 8, 6)).ok());
  REQUIRE(model
              .add(layerOf("SeparableConvolutional",
                           R"("kernel_size": [3, 5], "filters": 7, "act_bits": 2)", "sep"))
              .ok());
  REQUIRE(model.add(layerOf("FullyConnected", R"("units": 3, "activation": false)", "dense")).ok());
  return model;
}

}  // namespace

TEST_CASE("the summary of a model in software") {
  CHECK(separable().summary() ==
        R"(                Model Summary
____________________________________________
Input shape  Output shape  Sequences  Layers
============================================
[8, 6, 2]    [1, 1, 3]     1          3
____________________________________________

_______________________________________________________________
Layer (type)                  Output shape  Kernel shape    NPs
===============================================================

===== SW/in-dense (Software) - size: 1132 bytes =====

in (InputData)                [8, 6, 2]     N/A             N/A
sep (SeparableConvolutional)  [8, 6, 7]     (3, 5, 2, 1)    N/A
                                            (1, 1, 2, 7)
dense (FullyConnected)        [1, 1, 3]     (1, 1, 336, 3)  N/A
_______________________________________________________________
)");
}

TEST_CASE("the summary of a model that is mapped shows its processors") {
  api::Model model = separable();
  REQUIRE(model.map(std::make_shared<api::PlannedDevice>("ES 3", DeviceLimits{})).ok());
  const std::vector<api::SummaryRow> rows = api::summaryRows(model);
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].nps == "N/A");
  CHECK(holds(rows[1].nps, {" in ", " pass"}));
  CHECK(rows[1].kernels == std::vector<std::string>{"(3, 5, 2, 1)", "(1, 1, 2, 7)"});
  CHECK(rows[2].backend == api::BackendType::Hardware);
  const std::string text = model.summary();
  CHECK(holds(text, {"===== HW/in-dense (Hardware) - size: ", " bytes =====", rows[1].nps}));
}

TEST_CASE("a layer computed in the passes of another one lists no processors of its own") {
  api::Model model;
  REQUIRE(model.add(input4("in", 8, 6)).ok());
  REQUIRE(model.add(layerOf("DepthwiseConv2D", R"("kernel_size": 3)", "deep")).ok());
  REQUIRE(model.add(layerOf("Conv2D", R"("filters": 4, "kernel_size": 1)", "point")).ok());
  // Passes of their own, which would be drawn if the mapping were not fused, do not count.
  const auto plan = [](const glint::Model& graph) {
    Result<Schedule> schedule = makeSchedule(graph, {});
    for (OpMapping& op : schedule->mapping.ops) {
      if (op.into >= 0) op.passes.push_back({{NpMapping{.filters = 4}}});
    }
    CHECK(schedule->mapping.fused);
    return schedule;
  };
  REQUIRE(model.map(std::make_shared<api::PlannedDevice>("ES 3", plan)).ok());
  const std::vector<api::SummaryRow> rows = api::summaryRows(model);
  CHECK(rows[1].nps == "in point");
  CHECK(rows[1].layer.mapping().empty());
  CHECK(rows[2].nps == "1 in 1 pass");
  CHECK(rows[2].layer.mapping().size() == 1);
  CHECK(model.sequences().size() == 1);
}

TEST_CASE("all inputs and outputs are listed") {
  api::Model model;
  REQUIRE(model.add(input4("a")).ok());
  REQUIRE(model.add(input4("b", 5, 4)).ok());
  CHECK(api::inputShapes(model.graph()) == "[3, 2, 2], [5, 4, 2]");
  CHECK(api::outputShapes(model.graph()) == "[3, 2, 2], [5, 4, 2]");
}

}  // namespace glint::test
