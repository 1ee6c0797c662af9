#include <doctest/doctest.h>

#include "nnets/formats/model_file.h"
#include "nnets/runtime/gl_device.h"
#include "platform/egl/egl_shared.h"
#include "tests/nnets/api/fixture.h"
#include "tests/nnets/runtime/gl_fixture.h"
#include "tests/support/random_learning.h"

namespace glint::test {
namespace {

/// Plays a sequence in software and on the device; outputs and all that was learned are compared
/// after every call. Returns how many samples were fitted with the layer on the device.
int compare(Gl& gl, std::uint64_t seed, const SessionOptions& options) {
  LearningSequence software = randomLearning(seed);
  api::Model mapped(software.model.graph());
  const Status status = mapped.map(std::make_shared<GlDevice>(*gl.context, options));
  REQUIRE_MESSAGE(status.ok(), status.error().message);
  int fitted = 0;
  for (const LearningCall& call : software.calls) {
    const Result<Tensor> expected = play(software.model, call);
    REQUIRE_MESSAGE(expected.ok(), expected.error().message);
    const gpu::Counters before = gl.context->counters();
    const Result<Tensor> got = play(mapped, call);
    REQUIRE_MESSAGE(got.ok(), got.error().message);
    CHECK(*got == *expected);
    CHECK(mapped.toJson() == software.model.toJson());
    const gpu::Counters after = gl.context->counters();
    CHECK(after.programsCompiled == before.programsCompiled);
    CHECK(after.programsLoaded == before.programsLoaded);
    CHECK(after.texturesCreated == before.texturesCreated);
    if (call.addedClasses > 0) {
      // The new shape is mapped here, rather than by the next fit.
      Shape one{1};
      for (int axis = 0; axis < 3; ++axis) one.append(mapped.inputShape()[axis]);
      REQUIRE(mapped.forward(Tensor(DType::U8, one)).ok());
      continue;
    }
    const int last = mapped.getLayerCount() - 1;
    const auto& plan = mapped.schedule()->layers[static_cast<std::size_t>(last)];
    CHECK(plan.backend == Backend::Hardware);
    if (plan.backend == Backend::Hardware) fitted += static_cast<int>(call.inputs.shape()[0]);
    CHECK(*mapped.forward(call.inputs) == *software.model.forward(call.inputs));
  }
  return fitted;
}

/// The weights of a model's last layer, one bit of each neuron moved on by an input.
Tensor rotated(const api::Model& model) {
  const api::Layer layer = *model.getLayer(model.getLayerCount() - 1);
  const Tensor weights = *layer.getVariable("weights");
  Tensor moved = weights;
  const std::int64_t units = weights.shape()[3], size = weights.size();
  for (std::int64_t i = 0; i < size; ++i) {
    setElement(moved, (i + units) % size, weights.integer(i));
  }
  return moved;
}

}  // namespace

TEST_CASE("learning on the GPU is learning in software, and compiles nothing") {
  for (const int es : {3, 2}) {
    gpu::CapabilityLimits limits;
    limits.esMajor = es;
    const auto gl = openGl(limits);
    if (gl == nullptr) return;
    int fitted = 0;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
      CAPTURE(es);
      CAPTURE(seed);
      SessionOptions options;
      if (seed % 3 > 0) {
        // Whatever placement is asked for, weights that change are a texture.
        options.mapping.emplace().forcePlacement = true;
        options.mapping->placement = seed % 3 == 1 ? Placement::Inline : Placement::Uniform;
      }
      fitted += compare(*gl, seed, options);
    }
    CHECK(fitted > 40);
  }
}

TEST_CASE("weights are replaced in specialised programs, too, and in all streams") {
  const auto gl = openGl();
  if (gl == nullptr) return;
  SessionOptions options;
  options.mapping.emplace().specialises = true;
  options.mapping->inlineBudget = 0;
  options.share = [&egl = *gl->egl] { return egl::shareContext(egl, {}); };
  for (std::uint64_t seed : {2u, 5u, 7u}) {
    CAPTURE(seed);
    const LearningSequence sequence = randomLearning(seed);
    const glint::Model& graph = sequence.model.graph();
    const int last = graph.layerCount() - 1;
    const auto session = Session::create(*gl->context, graph, options);
    REQUIRE_MESSAGE(session.ok(), session.error().message);
    const auto stream = (*session)->stream();
    REQUIRE(stream.ok());
    api::Model changed(graph);
    Tensor feed(DType::U8, graph.inputTypes(0)[0].shape);
    for (std::int64_t i = 0; i < feed.size(); i += 2) setElement(feed, i, 1);
    const auto check = [&] {
      const Tensor weights = rotated(changed);
      api::Layer layer = *changed.getLayer(last);
      REQUIRE(layer.setVariable("weights", weights).ok());
      REQUIRE((*session)->setWeights(last, weights).ok());
      std::vector<LayerState> states;
      const auto expected = runReference(changed.graph(), {&feed, 1}, states);
      const auto got = (*session)->run({&feed, 1});
      REQUIRE((expected.ok() && got.ok()));
      CHECK(*convertIntegers(got->at(last), DType::I32) == expected->back());
      const auto streamed = (*stream)->step({&feed, 1});
      REQUIRE(streamed.ok());
      CHECK(streamed->at(last) == got->at(last));
    };
    check();
    REQUIRE((*session)->settle().ok());
    check();
    CHECK((*session)->drawing(0).proofs[0].anyWeights == (graph.layerCount() == 2));
  }
}

TEST_CASE("weights that are part of programs, and illegal ones, are not replaced") {
  const auto gl = openGl();
  if (gl == nullptr) return;
  const api::Model plain = firstInputs(3);
  const auto session = Session::create(*gl->context, plain.graph());
  REQUIRE(session.ok());
  CHECK(errorIn((*session)->setWeights(1, Tensor(DType::I8, Shape{1, 1, 12, 3}))).message ==
        "layer 'dense' (FullyConnected): its weights are part of programs, legal: a layer that was "
        "compiled to learn");
  const LearningSequence sequence = randomLearning(3);
  const glint::Model& graph = sequence.model.graph();
  const int last = graph.layerCount() - 1;
  const auto learns = Session::create(*gl->context, graph);
  REQUIRE(learns.ok());
  const Tensor& weights = graph.layer(last).variables.at("weights");
  CHECK(errorIn((*learns)->setWeights(last, Tensor(DType::I8, weights.shape()))).code ==
        Errc::Value);
  CHECK((*learns)->setWeights(last, weights).ok());
}

}  // namespace glint::test
