#include <doctest/doctest.h>

#include "nnets/runtime/session.h"
#include "tests/nnets/runtime/gl_fixture.h"
#include "tests/support/random_model.h"

using namespace glint;

namespace {

std::unique_ptr<Layer> layerOf(const char* type, const char* params) {
  auto layer = makeLayer(type);
  layer->name = type;
  REQUIRE(readFields(*layer, *parseJson(params)).ok());
  return layer;
}

}  // namespace

TEST_CASE("OpenGL ES 2: a bias and the first product that are beyond 2^24 together") {
  // Each alone is below, so the low limb's carry has to move before there is any product.
  gpu::CapabilityLimits limits;
  limits.esMajor = 2;
  const auto gl = test::openGl(limits);
  if (!gl) return;
  Model model;
  REQUIRE(model.add(layerOf("InputData", R"({"input_shape":[9,7,3],"input_bits":8})")).ok());
  auto conv = layerOf("Conv2D", R"({"filters":4,"kernel_size":3,"buffer_bits":28,
                                    "activation":"NoActivation","output_bits":28})");
  conv->inbounds = {"InputData"};
  conv->variables["weights"] = Tensor(DType::I8, {3, 3, 3, 4});
  Random random(3);
  int filter = 0;  // the last one's sums are negative
  for (auto& w : conv->variables["weights"].as<std::int8_t>()) {
    const std::int64_t magnitude = random.between(100, 127);
    w = static_cast<std::int8_t>(filter++ % 4 == 3 ? -magnitude : magnitude);
  }
  conv->variables["input_shift"] =
      Tensor::of<std::uint8_t>({3}, std::vector<std::uint8_t>{5, 0, 0});
  conv->variables["bias"] = Tensor::of<std::int8_t>({4}, std::vector<std::int8_t>{127, 1, 0, -127});
  conv->variables["bias_shift"] =
      Tensor::of<std::uint8_t>({4}, std::vector<std::uint8_t>{17, 3, 0, 17});
  REQUIRE(model.add(std::move(conv)).ok());
  const std::vector<Tensor> feeds = test::randomFeeds(model, 1);
  std::vector<LayerState> states;
  const auto expected = runReference(model, feeds, states);
  REQUIRE(expected.ok());
  for (const Placement placement : {Placement::Inline, Placement::Uniform, Placement::Texture}) {
    CAPTURE(name(placement));
    SessionOptions options;
    options.mapping = MappingOptions{};
    options.mapping->forcePlacement = true;
    options.mapping->placement = placement;
    const auto session = Session::create(*gl->context, model, options);
    if (!session.ok()) FAIL(session.error().message);
    CHECK((*session)->schedule().layers[1].backend == Backend::Hardware);
    const auto got = (*session)->run(feeds);
    if (!got.ok()) FAIL(got.error().message);
    CHECK(got->at(1) == (*expected)[1]);
  }
}

TEST_CASE("a look-up of an int") {
  const auto gl = test::openGl();
  if (!gl || !gl->context->es3()) return;
  Model model;
  REQUIRE(model.add(layerOf("InputData", R"({"input_shape":[9,7,3],"input_bits":8})")).ok());
  auto conv = layerOf("Conv2D", R"({"filters":4,"kernel_size":1,"buffer_bits":32,
                                    "activation":"LUT","output_bits":8})");
  conv->inbounds = {"InputData"};
  // Products of up to 132 million fit no limb.
  conv->variables["weights"] = Tensor::of<std::int8_t>(
      {1, 1, 3, 4}, std::vector<std::int8_t>{127, 3, -128, 90, -77, 101, 66, -8, 64, 2, -127, 31});
  conv->variables["input_shift"] =
      Tensor::of<std::uint8_t>({3}, std::vector<std::uint8_t>{12, 11, 12});
  conv->variables["activation_shift"] =
      Tensor::of<std::int8_t>({4}, std::vector<std::int8_t>{-18, -17, -18, -16});
  conv->variables["lut_values"] = Tensor(DType::I32, {2048});
  Random random(3);
  for (auto& v : conv->variables["lut_values"].as<std::int32_t>()) {
    v = static_cast<std::int32_t>(random.between(-128, 127));
  }
  REQUIRE(model.add(std::move(conv)).ok());
  const std::vector<Tensor> feeds = test::randomFeeds(model, 1);
  std::vector<LayerState> states;
  const auto expected = runReference(model, feeds, states);
  REQUIRE(expected.ok());
  const auto session = Session::create(*gl->context, model);
  if (!session.ok()) FAIL(session.error().message);
  CHECK((*session)->schedule().layers[1].proof.find("int32") == 0);
  const auto got = (*session)->run(feeds);
  if (!got.ok()) FAIL(got.error().message);
  CHECK(*convertIntegers(got->at(1), DType::I32) == (*expected)[1]);
}
