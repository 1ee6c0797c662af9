// Streams on the GPU: what they share and what not, transfers, errors, endurance.

#include "nnets/schedule/stream.h"

#include <algorithm>
#include <cstdlib>

#include <doctest/doctest.h>

#include "nnets/runtime/session.h"
#include "platform/egl/egl_shared.h"
#include "tests/core/temp_folder.h"
#include "tests/nnets/layer_fixture.h"
#include "tests/nnets/runtime/gl_fixture.h"
#include "tests/support/random_model.h"

using namespace glint;
using test::Gl;
using test::openGl;
using test::randomFeeds;

namespace {

std::unique_ptr<Gl> openEs(int es) {
  gpu::CapabilityLimits limits;
  limits.esMajor = es;
  return openGl(limits);
}

void add(Model& model, const std::string& name, const std::string& inbound,
         std::unique_ptr<Layer> layer) {
  layer->name = name;
  if (!inbound.empty()) layer->inbounds = {inbound};
  const Status status = model.add(std::move(layer));
  REQUIRE_MESSAGE(status.ok(), status.error().message);
}

std::unique_ptr<Layer> temporal(int fifoSize, std::int64_t channels, std::uint64_t seed) {
  auto layer = test::make("DepthwiseBufferTempConv", R"("fifo_size": )" + std::to_string(fifoSize) +
                                                         R"(, "activation": "NoActivation")");
  Tensor weights(DType::I8, Shape{1, 1, fifoSize, channels});
  Random random(seed);
  for (auto& w : weights.as<std::int8_t>()) {
    w = static_cast<std::int8_t>(random.between(-128, 127));
  }
  layer->variables["weights"] = std::move(weights);
  test::set(*layer, "output_shift", DType::I8, Shape{channels},
            std::vector<int>(static_cast<std::size_t>(channels), -8));
  return layer;
}

/// A 1x1 pointwise convolution and two FIFOs, of 3 and 5 steps, over what it gives.
Model branched() {
  Model model;
  add(model, "in", "", test::make("InputData", R"("input_shape": [4, 6, 3], "input_bits": 8,
                                 "input_signed": true)"));
  auto conv = test::make("Conv2D", R"("filters": 5, "kernel_size": 3, "activation": false)");
  Tensor weights(DType::I8, Shape{3, 3, 3, 5});
  Random random(7);
  for (auto& w : weights.as<std::int8_t>()) {
    w = static_cast<std::int8_t>(random.between(-128, 127));
  }
  conv->variables["weights"] = std::move(weights);
  test::set(*conv, "output_shift", DType::I8, Shape{5}, std::vector<int>(5, -9));
  add(model, "conv", "in", std::move(conv));
  add(model, "short", "conv", temporal(3, 5, 1));
  add(model, "long", "conv", temporal(5, 5, 2));
  return model;
}

std::unique_ptr<Layer> recurrent(std::int64_t in, std::int64_t states, std::int64_t out, int radius,
                                 int shift, const std::string& params, std::uint64_t seed) {
  auto layer =
      test::make("StatefulRecurrent", R"("stateful_channels": )" + std::to_string(states) +
                                          R"(, "output_channels": )" + std::to_string(out) +
                                          R"(, "activation": "NoActivation")" + params);
  Random random(seed);
  const auto fill = [&](const char* name, DType type, Shape shape, int lo, int hi) {
    std::vector<int> values;
    for (std::int64_t i = 0; i < shape.size(); ++i) {
      values.push_back(static_cast<int>(random.between(lo, hi)));
    }
    test::set(*layer, name, type, shape, values);
  };
  fill("in_proj", DType::I8, {in, states}, -128, 127);
  fill("out_proj", DType::I8, {states, out}, -128, 127);
  fill("A_real", DType::I16, {states}, -radius, radius);
  fill("A_imag", DType::I16, {states}, -radius, radius);
  fill("new_state_scale", DType::U8, {states}, 128, 255);
  fill("new_state_shift", DType::I8, {states}, shift, shift);
  fill("internal_state_outputs_shift", DType::I8, {states}, -15, -15);
  fill("output_scales", DType::U8, {out}, 128, 255);
  fill("output_shift", DType::I8, {out}, -24, -24);
  return layer;
}

/// Two recurrent layers, the first of which gives every other step, and a FIFO.
Model stacked() {
  Model model;
  add(model, "in", "", test::make("InputData", R"("input_shape": [1, 4, 3], "input_bits": 8,
                                 "input_signed": true)"));
  add(model, "a", "in", recurrent(3, 7, 5, 23000, 6, R"(, "subsample": 2)", 3));
  add(model, "b", "a", recurrent(5, 6, 4, 23000, 5, "", 4));
  add(model, "c", "b", temporal(3, 4, 5));
  return model;
}

/// Four values a texel, and no more texels than a map needs, so that bytes can be counted.
SessionOptions plainTexels() {
  SessionOptions options;
  options.mapping.emplace().align = 1;
  return options;
}

bool allOnGpu(const Schedule& schedule) {
  return std::all_of(schedule.layers.begin(), schedule.layers.end(), [](const LayerPlan& layer) {
    if (layer.backend == Backend::Software) MESSAGE("in software: ", layer.why);
    return layer.backend == Backend::Hardware;
  });
}

}  // namespace

TEST_CASE("a step uploads its input, fetches its outputs, and makes nothing") {
  for (const int es : {2, 3}) {
    CAPTURE(es);
    const auto gl = openEs(es);
    if (!gl) return;
    const Model model = branched();
    const auto session = Session::create(*gl->context, model, plainTexels());
    REQUIRE(session.ok());
    const auto stream = (*session)->stream();
    REQUIRE(stream.ok());
    std::int64_t up = 0, down = 0;
    // All slots of both rings are met.
    for (std::uint64_t step = 0; step < 12; ++step) {
      CAPTURE(step);
      const gpu::Counters before = gl->context->counters();
      REQUIRE((*stream)->step(randomFeeds(model, step)).ok());
      const gpu::Counters after = gl->context->counters();
      CHECK(after.programsCompiled == before.programsCompiled);
      CHECK(after.programsLoaded == before.programsLoaded);
      CHECK(after.texturesCreated == before.texturesCreated);
      up = after.bytesUploaded - before.bytesUploaded;
      down = after.bytesRead - before.bytesRead;
      CHECK(up == 4 * 6 * 4);         // one page of three channels
      CHECK(down == 2 * 2 * 4 * 24);  // two layers of two pages
    }
  }
}

TEST_CASE("layers that keep what the same layer gave share one ring") {
  const auto gl = openGl();
  if (!gl) return;
  const Model model = branched();
  const auto session = Session::create(*gl->context, model);
  REQUIRE(session.ok());
  const Schedule& schedule = (*session)->schedule();
  int rings = 0;
  for (const ValuePlan& value : schedule.values) {
    if (value.slots.slots == 1) continue;
    CHECK(value.slots.slots == 5);
    ++rings;
  }
  CHECK(rings == 1);
  const auto stream = (*session)->stream();
  REQUIRE(stream.ok());
  // A state that no such stream can have: what both keep differs.
  State state = *(*stream)->state();
  state.layers[2].at("fifo").as<std::int32_t>()[0] = 1;
  const Status refused = (*stream)->setState(state);
  REQUIRE(!refused.ok());
  CHECK(refused.error().code == Errc::Value);
  CHECK(test::holds(refused.error().message, {"'short'", "'long'", "differ"}));
  CHECK(*(*stream)->state() == clearedState(model));
}

TEST_CASE("what waits to be fetched stays, through later steps, a reset, and other streams") {
  for (const int es : {2, 3}) {
    const auto gl = openEs(es);
    if (!gl) return;
    const Model model = branched();
    const auto session = Session::create(*gl->context, model);
    REQUIRE(session.ok());
    auto a = (*session)->stream(), b = (*session)->stream();
    REQUIRE((a.ok() && b.ok()));
    const auto reference = referenceStream(model);
    std::vector<Stream::Outputs> expected;
    for (std::uint64_t step = 0; step < 7; ++step) {
      expected.push_back(*reference->step(randomFeeds(model, step)));
      REQUIRE((*a)->push(randomFeeds(model, step)).ok());
      REQUIRE((*b)->push(randomFeeds(model, 100 + step)).ok());
    }
    REQUIRE((*a)->reset().ok());
    CHECK((*a)->pending() == 7);
    for (const Stream::Outputs& outputs : expected) CHECK(*(*a)->fetch() == outputs);
    CHECK((*a)->fetch().error().message == "no step waits to be fetched");
    CHECK(*(*a)->step(randomFeeds(model, 0)) == expected[0]);
  }
}

TEST_CASE("several streams, out of step, give what each gives alone") {
  for (const int es : {2, 3}) {
    const auto gl = openEs(es);
    if (!gl) return;
    for (const Model& model : {branched(), stacked()}) {
      const auto session = Session::create(*gl->context, model);
      REQUIRE(session.ok());
      const auto streams = (*session)->streams(3);
      REQUIRE(streams.ok());
      REQUIRE(streams->size() == 3);
      std::vector<std::unique_ptr<Stream>> alone;
      for (std::size_t i = 0; i < 3; ++i) alone.push_back(referenceStream(model));
      for (std::uint64_t step = 0; step < 12; ++step) {
        for (std::size_t i = 0; i < 3; ++i) {
          // The second one rests now and then, the third one begins anew in between.
          if (i == 1 && step % 3 == 0) continue;
          if (i == 2 && step == 7) {
            REQUIRE((*streams)[i]->reset().ok());
            REQUIRE(alone[i]->reset().ok());
          }
          const std::vector<Tensor> feeds = randomFeeds(model, 100 * i + step);
          REQUIRE((*streams)[i]->push(feeds).ok());
          REQUIRE(alone[i]->push(feeds).ok());
        }
        for (std::size_t i = 0; i < 3; ++i) {
          if ((*streams)[i]->pending() > 0) CHECK(*(*streams)[i]->fetch() == *alone[i]->fetch());
        }
      }
      for (std::size_t i = 0; i < 3; ++i) {
        CHECK(*(*streams)[i]->state() == *alone[i]->state());
      }
    }
  }
}

TEST_CASE("recurrent layers step on the GPU: nothing is made, states never leave it") {
  const auto gl = openEs(3);
  if (!gl) return;
  const Model model = stacked();
  const auto session = Session::create(*gl->context, model, plainTexels());
  REQUIRE(session.ok());
  CHECK(allOnGpu((*session)->schedule()));
  const auto stream = (*session)->stream();
  REQUIRE(stream.ok());
  const auto reference = referenceStream(model);
  for (std::uint64_t step = 0; step < 6; ++step) {
    const gpu::Counters before = gl->context->counters();
    const auto outputs = (*stream)->step(randomFeeds(model, step));
    const gpu::Counters after = gl->context->counters();
    REQUIRE(outputs.ok());
    CHECK(*outputs == *reference->step(randomFeeds(model, step)));
    CHECK(after.programsCompiled == before.programsCompiled);
    CHECK(after.texturesCreated == before.texturesCreated);
    CHECK(after.bytesUploaded - before.bytesUploaded == 4 * 4);  // four steps of one page
    CHECK(after.bytesRead - before.bytesRead == 2 * 4);          // two steps of one page
  }
  CHECK(*(*stream)->state() == *reference->state());
}

TEST_CASE("a state at the edges of 32 bits") {
  const auto gl = openEs(3);
  if (!gl) return;
  for (const int sign : {1, -1}) {
    CAPTURE(sign);
    Model model;
    add(model, "in", "", test::make("InputData", R"("input_shape": [1, 3, 1], "input_bits": 8,
                                   "input_signed": true)"));
    auto layer = test::make("StatefulRecurrent",
                            R"("stateful_channels": 4, "output_channels": 4, "output_bits": 32,
                               "activation": "NoActivation")");
    test::set(*layer, "in_proj", DType::I8, Shape{1, 4}, {127, -127, 127, -127});
    test::set(*layer, "out_proj", DType::I8, Shape{4, 4},
              {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1});
    // What enters reaches 127 * 128 * 132104 = 2147482624; a turn 2^31 - 2^15.
    test::set(*layer, "new_state_scale", DType::U8, Shape{4}, {129, 129, 129, 129});
    test::set(*layer, "new_state_shift", DType::I8, Shape{4}, {10, 10, 10, 10});
    test::set(*layer, "A_real", DType::I16, Shape{4}, {-32768, 32767, 32767, -32768});
    test::set(*layer, "A_imag", DType::I16, Shape{4}, {32767, -32768, 32767 * sign, 0});
    test::set(*layer, "internal_state_outputs_shift", DType::I8, Shape{4}, {-15, -15, -16, -17});
    add(model, "r", "in", std::move(layer));
    const auto session = Session::create(*gl->context, model);
    REQUIRE(session.ok());
    CHECK(allOnGpu((*session)->schedule()));
    const auto stream = (*session)->stream();
    REQUIRE(stream.ok());
    const auto reference = referenceStream(model);
    Random random(5);
    for (int step = 0; step < 60; ++step) {
      std::vector<int> values(3);
      for (int& v : values) {
        v = random.between(0, 2) == 0 ? static_cast<int>(random.between(-128, 127))
            : random.between(0, 1)    ? 127
                                      : -128;
      }
      const Tensor feed = test::tensorOf(DType::I8, Shape{1, 3, 1}, values);
      const auto have = (*stream)->step({&feed, 1});
      REQUIRE(have.ok());
      REQUIRE(*have == *reference->step({&feed, 1}));
    }
    CHECK(*(*stream)->state() == *reference->state());
  }
}

TEST_CASE("a turn that can reach 2^31, and ES 2, are software by name") {
  for (const int es : {2, 3}) {
    CAPTURE(es);
    const auto gl = openEs(es);
    if (!gl) return;
    Model model = stacked();
    if (es == 3) {
      auto layer = recurrent(4, 2, 1, 0, 1, "", 1);
      test::set(*layer, "A_real", DType::I16, Shape{2}, {-32768, 1});
      test::set(*layer, "A_imag", DType::I16, Shape{2}, {-32768, 1});
      add(model, "d", "c", std::move(layer));
    }
    const auto session = Session::create(*gl->context, model);
    REQUIRE(session.ok());
    const LayerPlan& last = (*session)->schedule().layers[es == 3 ? 4 : 2];
    CHECK(last.backend == Backend::Software);
    CHECK(test::holds(last.why, {es == 3 ? "2147483648" : "needs 32-bit integers"}));
    const auto stream = (*session)->stream();
    const auto reference = referenceStream(model);
    for (std::uint64_t step = 0; step < 6; ++step) {
      CHECK(*(*stream)->step(randomFeeds(model, step)) ==
            *reference->step(randomFeeds(model, step)));
    }
    CHECK(*(*stream)->state() == *reference->state());
  }
}

TEST_CASE("a snapshot goes on on the other backend") {
  const auto gl = openGl();
  if (!gl) return;
  const test::TempFolder folder;
  const std::string path = folder.file("state.safetensors");
  for (const Model& model : {branched(), stacked()}) {
    const auto session = Session::create(*gl->context, model);
    REQUIRE(session.ok());
    auto whole = referenceStream(model);
    std::unique_ptr<Stream> part = *(*session)->stream();
    for (std::uint64_t step = 0; step < 20; ++step) {
      CAPTURE(step);
      CHECK(*part->step(randomFeeds(model, step)) == *whole->step(randomFeeds(model, step)));
      if (step % 4 != 3) continue;
      REQUIRE(part->snapshot(path).ok());
      part = step % 8 == 3 ? referenceStream(model) : *(*session)->stream();
      REQUIRE(part->restore(path).ok());
    }
  }
}

TEST_CASE("another extent: run begins anew, streams end with a named error") {
  const auto gl = openGl();
  if (!gl) return;
  const Model model = branched();
  const auto session = Session::create(*gl->context, model);
  REQUIRE(session.ok());
  const auto stream = (*session)->stream();
  REQUIRE(stream.ok());
  REQUIRE((*stream)->push(randomFeeds(model, 1)).ok());
  REQUIRE((*session)->run(randomFeeds(model, 1)).ok());
  const auto compiled = gl->context->counters().programsCompiled;
  REQUIRE((*session)->rebind(7, 9).ok());
  CHECK(gl->context->counters().programsCompiled == compiled);
  for (const Status& status : {(*stream)->reset(), (*stream)->push(randomFeeds(model, 1)),
                               (*stream)->setState(clearedState(model))}) {
    REQUIRE(!status.ok());
    CHECK(status.error().code == Errc::Value);
    CHECK(test::holds(status.error().message, {"another size"}));
  }
  CHECK(!(*stream)->fetch().ok());
  const Model larger = *model.withExtent(7, 9);
  const auto reference = referenceStream(larger);
  for (std::uint64_t step = 0; step < 6; ++step) {
    CHECK(*(*session)->run(randomFeeds(larger, step)) ==
          *reference->step(randomFeeds(larger, step)));
  }
  REQUIRE((*session)->reset().ok());
  REQUIRE(reference->reset().ok());
  CHECK(*(*session)->run(randomFeeds(larger, 9)) == *reference->step(randomFeeds(larger, 9)));
}

TEST_CASE("specialised programs take over in the middle of a stream") {
  const auto gl = openGl();
  if (!gl) return;
  const Model model = branched();
  SessionOptions options;
  options.mapping.emplace().specialises = true;
  options.mapping->inlineBudget = 0;
  options.share = [&egl = *gl->egl] { return egl::shareContext(egl, {}); };
  const auto session = Session::create(*gl->context, model, options);
  REQUIRE(session.ok());
  const auto stream = (*session)->stream();
  REQUIRE(stream.ok());
  const auto reference = referenceStream(model);
  for (std::uint64_t step = 0; step < 14; ++step) {
    if (step == 7) REQUIRE((*session)->settle().ok());
    CHECK(*(*stream)->step(randomFeeds(model, step)) == *reference->step(randomFeeds(model, step)));
  }
  CHECK((*session)->specialisedOps() > 0);
}

TEST_CASE("a ring beyond the texture limit is refused, naming both") {
  gpu::CapabilityLimits limits;
  limits.maxTextureSize = 64;
  const auto gl = openGl(limits);
  if (!gl) return;
  Model model;
  add(model, "in", "", test::make("InputData", R"("input_shape": [30, 30, 4], "input_bits": 8)"));
  add(model, "t", "in", temporal(5, 4, 1));
  const auto session = Session::create(*gl->context, model);
  REQUIRE(!session.ok());
  CHECK(session.error().code == Errc::Unsupported);
  CHECK(test::holds(session.error().message, {"in.in", "the last 5", "64x64"}));
}

/// GLINT_SOAK_STEPS says how many; tools/test --all asks for 100,000.
TEST_CASE("endurance: equal to the reference at the end, and nothing grows") {
  const char* text = std::getenv("GLINT_SOAK_STEPS");
  const std::uint64_t steps = text == nullptr ? 2000 : std::strtoull(text, nullptr, 10);
  const auto gl = openGl();
  if (!gl) return;
  for (const Model& model : {branched(), stacked()}) {
    const auto session = Session::create(*gl->context, model);
    REQUIRE(session.ok());
    const auto stream = (*session)->stream();
    REQUIRE(stream.ok());
    const auto reference = referenceStream(model);
    std::int64_t objects = 0;
    gpu::Counters counters;
    for (std::uint64_t step = 0; step < steps; ++step) {
      const std::vector<Tensor> feeds = randomFeeds(model, step);
      const auto have = (*stream)->step(feeds);
      const auto want = reference->step(feeds);
      if (!have.ok() || *have != *want) FAIL("step ", step);
      if (step != 100) continue;
      objects = gl->context->liveObjects();
      counters = gl->context->counters();
    }
    CHECK(*(*stream)->state() == *reference->state());
    CHECK(gl->context->liveObjects() == objects);
    CHECK(gl->context->counters().texturesCreated == counters.texturesCreated);
    CHECK(gl->context->counters().programsCompiled == counters.programsCompiled);
  }
}
