#include "nnets/runtime/session.h"

#include <doctest/doctest.h>

#include "nnets/schedule/tiling.h"
#include "tests/nnets/runtime/gl_fixture.h"
#include "tests/support/random_model.h"

using namespace glint;
using test::Gl;
using test::openGl;

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

TEST_CASE("pixels beyond 1024: positions that a mediump number does not hold") {
  for (const int es : {2, 3}) {
    CAPTURE(es);
    gpu::CapabilityLimits limits;
    limits.esMajor = es;
    const auto gl = openGl(limits);
    if (!gl) return;
    auto conv = makeLayer("InputConv2D");
    conv->name = "conv";
    REQUIRE(
        readFields(*conv, *parseJson(R"({"input_shape":[3,2051,1],"filters":4,"kernel_size":3})"))
            .ok());
    conv->variables["weights"] = Tensor(DType::I8, {3, 3, 1, 4});
    Random random(3);
    for (auto& w : conv->variables["weights"].as<std::int8_t>()) {
      w = static_cast<std::int8_t>(random.between(-128, 127));
    }
    conv->variables["output_shift"] =
        Tensor::of<std::int8_t>({4}, std::vector<std::int8_t>{-8, -9, -8, -7});
    Model model;
    REQUIRE(model.add(std::move(conv)).ok());
    const auto session = Session::create(*gl->context, model);
    REQUIRE(session.ok());
    const std::vector<Tensor> feeds = test::randomFeeds(model, 4);
    std::vector<LayerState> states;
    const auto want = runReference(model, feeds, states);
    const auto got = (*session)->run(feeds);
    REQUIRE(got.ok());
    CHECK(*convertIntegers(got->at(0), DType::I32) == (*want)[0]);
  }
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
