// Spiking layers on the GPU beside the reference, where it is known to be hard.

#include <doctest/doctest.h>

#include "nnets/runtime/session.h"
#include "tests/nnets/layer_fixture.h"
#include "tests/nnets/runtime/gl_fixture.h"

namespace glint::test {
namespace {

/// Neurons that each add their own weight at every step.
Model neuronsOf(const std::vector<int>& weights, int threshold, const std::string& params,
                int resetValue) {
  Model model;
  auto in = make("InputData", R"("input_shape": [1, 3, 1], "input_bits": 4)");
  in->name = "in";
  REQUIRE(model.add(std::move(in)).ok());
  const auto filters = static_cast<std::int64_t>(weights.size());
  auto layer = make("dynapcnn.DynapcnnLayer",
                    R"("kernel_size": [1, 1], "filters": )" + std::to_string(filters) + params);
  layer->inbounds = {"in"};
  set(*layer, "weights", DType::I8, Shape{1, 1, 1, filters}, weights);
  set(*layer, "threshold", DType::I32, Shape{1}, {threshold});
  if (resetValue != 0) set(*layer, "reset_value", DType::I32, Shape{1}, {resetValue});
  REQUIRE(model.add(std::move(layer)).ok());
  return model;
}

void checkSteps(const Model& model, int es, int steps, const Tensor* membrane = nullptr) {
  gpu::CapabilityLimits limits;
  if (es == 2) limits.esMajor = 2;
  const auto gl = openGl(limits);
  if (!gl) return;
  auto session = Session::create(*gl->context, model);
  if (!session.ok()) FAIL(session.error().message);
  REQUIRE((*session)->schedule().layers[1].backend == Backend::Hardware);
  const auto stream = (*session)->stream();
  const auto reference = referenceStream(model);
  REQUIRE(stream.ok());
  if (membrane != nullptr) {
    State state = clearedState(model);
    state.layers[1]["membrane"] = *membrane;
    REQUIRE((*stream)->setState(state).ok());
    REQUIRE(reference->setState(state).ok());
  }
  const std::vector<Tensor> feeds{tensorOf(DType::U8, Shape{1, 3, 1}, {0, 1, 15})};
  for (int step = 0; step < steps; ++step) {
    CAPTURE(step);
    const auto have = (*stream)->step(feeds);
    if (!have.ok()) FAIL(have.error().message);
    CHECK(have->at(1) == reference->step(feeds)->at(1));
    CHECK(*(*stream)->state() == *reference->state());
  }
}

}  // namespace

TEST_CASE("a constant added to negative membranes is exact in four bytes") {
  for (int reset : {1, 3, 5, -7}) {
    CAPTURE(reset);
    const Model model = neuronsOf({-1, -7, -128, 3, 90}, 200, R"(, "reset_to_value": true)", reset);
    for (int es : {2, 3}) checkSteps(model, es, 6);
  }
}

TEST_CASE("membranes at the ends of their type") {
  const int most = (1 << 22) - 1;
  const Tensor membrane =
      tensorOf(DType::I32, Shape{1, 3, 2}, {most, -most - 1, most, -most - 1, most - 5, -most + 5});
  for (int es : {2, 3}) {
    for (const char* params : {"", R"(, "max_spikes": 1)", R"(, "reset_to_value": true)"}) {
      CAPTURE(es);
      CAPTURE(params);
      for (int threshold : {1, 3, 49, most}) {
        CAPTURE(threshold);
        checkSteps(neuronsOf({127, -128}, threshold, params, 0), es, 4, &membrane);
      }
    }
  }
}

}  // namespace glint::test
