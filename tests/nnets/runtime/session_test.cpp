#include "nnets/runtime/session.h"

#include <cstdlib>

#include <doctest/doctest.h>

#include "nnets/schedule/tiling.h"
#include "tests/nnets/runtime/gl_fixture.h"
#include "tests/support/random_model.h"

using namespace glint;
using test::Gl;
using test::openGl;

namespace {

std::int64_t weightsOf(const Model& model) {
  std::int64_t weights = 0;
  for (int i = 0; i < model.layerCount(); ++i) {
    const auto found = model.layer(i).variables.find("weights");
    if (found != model.layer(i).variables.end()) weights += found->second.size();
  }
  return weights;
}

/// Runs a model on the GPU and requires every layer to equal the reference.
void checkModel(Gl& gl, const Model& model, std::uint64_t seed, SessionOptions options,
                int* hardware) {
  for (int i = 0; i < model.layerCount(); ++i) options.fetch.push_back(i);
  const auto session = Session::create(*gl.context, model, options);
  if (!session.ok()) FAIL(session.error().message);
  for (const LayerPlan& plan : (*session)->schedule().layers) {
    *hardware += plan.backend == Backend::Hardware;
  }
  const std::vector<Tensor> feeds = test::randomFeeds(model, seed);
  std::vector<LayerState> states;
  const auto expected = runReference(model, feeds, states);
  REQUIRE(expected.ok());
  for (int round = 0; round < 2; ++round) {  // the second one meets used textures
    const auto got = (*session)->run(feeds);
    if (!got.ok()) FAIL(got.error().message);
    for (int i = 0; i < model.layerCount(); ++i) {
      CAPTURE(model.layer(i).name);
      const Tensor& want = (*expected)[static_cast<std::size_t>(i)];
      const Tensor& have = got->at(i);
      REQUIRE(have.shape() == want.shape());
      for (std::int64_t k = 0; k < want.size(); ++k) {
        CAPTURE(k);
        if (have.integer(k) != want.integer(k)) REQUIRE(have.integer(k) == want.integer(k));
      }
    }
  }
}

/// What random models have run.
struct Tally {
  int layers = 0;
  int hardware = 0;
};

/// Runs random models of `make` on OpenGL ES `es` with all placements and numbers of draw buffers.
Tally checkRandomModels(Model (*make)(std::uint64_t), std::uint64_t count, int es) {
  const int targets[] = {1, 2, 3, 4, 6, 8};
  Tally tally;
  std::unique_ptr<Gl> gl;
  int current = 0;
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    CAPTURE(seed);
    const int wanted = es == 2 ? 1 : targets[(seed / 8) % 6];
    if (wanted != current) {
      gl.reset();
      gpu::CapabilityLimits limits;
      limits.maxDrawBuffers = current = wanted;
      limits.esMajor = es;
      gl = openGl(limits);
      if (!gl) break;
    }
    SessionOptions options;
    const Model model = make(seed + 1000);
    options.mapping.forcePlacement = seed % 4 != 0;
    options.mapping.mostTargets = wanted;
    options.mapping.placement = static_cast<Placement>(seed % 4 % 3);
    // Drivers need about 0.1 ms to compile an inline weight.
    if (options.mapping.placement == Placement::Inline && weightsOf(model) > 3000) {
      options.mapping.placement = Placement::Uniform;
    }
    checkModel(*gl, model, seed, options, &tally.hardware);
    tally.layers += model.layerCount();
  }
  return tally;
}

/// More on drivers that interpret shaders than on those that compile them.
std::uint64_t modelCount(std::uint64_t usual) {
  const char* asked = std::getenv("GLINT_RANDOM_MODELS");
  return asked != nullptr ? std::strtoull(asked, nullptr, 10) : usual;
}

}  // namespace

TEST_CASE("random models: the GPU equals the reference at every layer") {
  const Tally tally = checkRandomModels(test::randomModel, modelCount(48), 3);
  if (tally.layers > 0) CHECK(tally.hardware > 80);
}

TEST_CASE("random models of Akida V1: every layer runs on the GPU and equals the reference") {
  const Tally tally = checkRandomModels(test::randomModelV1, modelCount(24), 3);
  CHECK(tally.hardware == tally.layers);
}

TEST_CASE("random models of Akida V1 on ES 2: equal, most of them on the GPU") {
  const Tally tally = checkRandomModels(test::randomModelV1, modelCount(24), 2);
  CHECK(tally.hardware >= tally.layers * 49 / 50);
}

TEST_CASE("another extent: same programs, same result as a session of that extent") {
  const auto gl = openGl();
  if (!gl) return;
  auto conv = makeLayer("InputConv2D");
  conv->name = "conv";
  REQUIRE(readFields(*conv, *parseJson(R"({"input_shape":[12,10,3],"filters":5,"kernel_size":3,
                                          "kernel_stride":2})"))
              .ok());
  conv->variables["weights"] = Tensor(DType::I8, {3, 3, 3, 5});
  Random random(3);
  for (auto& w : conv->variables["weights"].as<std::int8_t>()) {
    w = static_cast<std::int8_t>(random.between(-128, 127));
  }
  conv->variables["output_shift"] =
      Tensor::of<std::int8_t>({5}, std::vector<std::int8_t>{-8, -9, -8, -7, -8});
  Model model;
  REQUIRE(model.add(std::move(conv)).ok());
  auto session = Session::create(*gl->context, model);
  REQUIRE(session.ok());
  const auto compiled = gl->context->counters().programsCompiled;
  for (const auto& [x, y] : {std::pair{12, 10}, {17, 33}, {5, 64}, {40, 41}}) {
    CAPTURE(x);
    CAPTURE(y);
    REQUIRE((*session)->rebind(x, y).ok());
    const Model bound = *model.withExtent(x, y);
    const std::vector<Tensor> feeds = test::randomFeeds(bound, 5);
    std::vector<LayerState> states;
    const auto want = runReference(bound, feeds, states);
    const auto got = (*session)->run(feeds);
    REQUIRE(got.ok());
    CHECK(*convertIntegers(got->at(0), DType::I32) == (*want)[0]);
    // In crops: the same bytes.
    const auto cropped =
        runInCrops(model, feeds[0], 16,
                   [&](const Tensor& crop) -> Result<Tensor> {
                     GLINT_TRY((*session)->rebind(crop.shape()[0], crop.shape()[1]));
                     const Tensor one[] = {crop};
                     GLINT_ASSIGN(auto out, (*session)->run(one));
                     return out.at(0);
                   },
                   {});
    REQUIRE(cropped.ok());
    CHECK(*cropped == got->at(0));
  }
  CHECK(gl->context->counters().programsCompiled == compiled);
}

TEST_CASE("a second run uploads the input, fetches the output, and makes nothing") {
  const auto gl = openGl();
  if (!gl) return;
  const Model model = test::randomModel(3);
  auto session = Session::create(*gl->context, model);
  REQUIRE(session.ok());
  const std::vector<Tensor> feeds = test::randomFeeds(model, 1);
  REQUIRE((*session)->run(feeds).ok());
  const gpu::Counters before = gl->context->counters();
  REQUIRE((*session)->run(feeds).ok());
  const gpu::Counters after = gl->context->counters();
  CHECK(after.programsCompiled == before.programsCompiled);
  CHECK(after.texturesCreated == before.texturesCreated);
}

TEST_CASE("no object outlives its session") {
  const auto gl = openGl();
  if (!gl) return;
  const auto before = gl->context->liveObjects();
  { REQUIRE(Session::create(*gl->context, test::randomModel(4)).ok()); }
  CHECK(gl->context->liveObjects() == before);
}

TEST_CASE("limits too small are refused by name, and the session stays as it was") {
  gpu::CapabilityLimits limits;
  limits.maxTextureSize = 64;
  const auto gl = openGl(limits);
  if (!gl) return;
  auto layer = makeLayer("InputConv2D");
  layer->name = "conv";
  REQUIRE(readFields(*layer, *parseJson(R"({"input_shape":[20,20,1],"filters":4,
                                           "kernel_size":3})"))
              .ok());
  layer->variables["weights"] = Tensor(DType::I8, {3, 3, 1, 4});
  Model model;
  REQUIRE(model.add(std::move(layer)).ok());
  auto session = Session::create(*gl->context, model);
  REQUIRE(session.ok());
  const Status refused = (*session)->rebind(100, 20);
  REQUIRE(!refused.ok());
  CHECK(refused.error().code == Errc::Unsupported);
  CHECK(refused.error().message.find("64x64") != std::string::npos);
  const std::vector<Tensor> feeds = test::randomFeeds(model, 1);
  CHECK((*session)->run(feeds).ok());
}
