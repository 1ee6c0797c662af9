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

/// A Conv2D of three channels to four filters, still without variables.
std::unique_ptr<Layer> convOf(Model& model, const char* params) {
  REQUIRE(model.add(layerOf("InputData", R"({"input_shape":[9,7,3],"input_bits":8})")).ok());
  auto conv = layerOf("Conv2D", params);
  conv->inbounds = {"InputData"};
  return conv;
}

template <typename T>
Tensor randomTensor(DType type, Shape shape, std::int64_t lo, std::int64_t hi) {
  Tensor tensor(type, shape);
  Random random(3);
  for (T& v : tensor.as<T>()) v = static_cast<T>(random.between(lo, hi));
  return tensor;
}

/// Requires layer 1 on the GPU, with a proof that begins with `rung`, and its output's equality.
void check(test::Gl& gl, const Model& model, const std::string& rung,
           const SessionOptions& options) {
  const std::vector<Tensor> feeds = test::randomFeeds(model, 1);
  std::vector<LayerState> states;
  const auto expected = runReference(model, feeds, states);
  REQUIRE(expected.ok());
  const auto session = Session::create(*gl.context, model, options);
  if (!session.ok()) FAIL(session.error().message);
  CHECK((*session)->schedule().layers[1].backend == Backend::Hardware);
  CHECK((*session)->schedule().layers[1].proof.substr(0, rung.size()) == rung);
  const auto got = (*session)->run(feeds);
  if (!got.ok()) FAIL(got.error().message);
  CHECK(*convertIntegers(got->at(1), DType::I32) == (*expected)[1]);
}

}  // namespace

TEST_CASE("OpenGL ES 2: a bias and the first product that are beyond 2^24 together") {
  // Each alone is below, so the low limb's carry has to move before there is any product.
  gpu::CapabilityLimits limits;
  limits.esMajor = 2;
  const auto gl = test::openGl(limits);
  if (!gl) return;
  Model model;
  auto conv = convOf(model, R"({"filters":4,"kernel_size":3,"buffer_bits":28,
                                "activation":"NoActivation","output_bits":28})");
  conv->variables["weights"] = randomTensor<std::int8_t>(DType::I8, {3, 3, 3, 4}, 100, 127);
  int filter = 0;  // the last one's sums are negative
  for (auto& w : conv->variables["weights"].as<std::int8_t>()) {
    if (filter++ % 4 == 3) w = static_cast<std::int8_t>(-w);
  }
  conv->variables["input_shift"] =
      Tensor::of<std::uint8_t>({3}, std::vector<std::uint8_t>{5, 0, 0});
  conv->variables["bias"] = Tensor::of<std::int8_t>({4}, std::vector<std::int8_t>{127, 1, 0, -127});
  conv->variables["bias_shift"] =
      Tensor::of<std::uint8_t>({4}, std::vector<std::uint8_t>{17, 3, 0, 17});
  REQUIRE(model.add(std::move(conv)).ok());
  for (const Placement placement : {Placement::Inline, Placement::Uniform, Placement::Texture}) {
    CAPTURE(name(placement));
    SessionOptions options;
    options.mapping = MappingOptions{};
    options.mapping->forcePlacement = true;
    options.mapping->placement = placement;
    check(*gl, model, "float in pieces", options);
  }
}

TEST_CASE("limbs that are joined behind a clamp") {
  for (const int es : {2, 3}) {
    CAPTURE(es);
    gpu::CapabilityLimits limits;
    limits.esMajor = es;
    const auto gl = test::openGl(limits);
    if (!gl) return;
    // Sums of about 2 million, of at most 28 million; those beyond 2 million saturate.
    Model model;
    auto conv = convOf(model, R"({"filters":4,"kernel_size":3,"buffer_bits":32,
                                  "activation":"NoActivation","output_bits":8})");
    conv->variables["weights"] = randomTensor<std::int8_t>(DType::I8, {3, 3, 3, 4}, -128, 127);
    conv->variables["input_shift"] =
        Tensor::of<std::uint8_t>({3}, std::vector<std::uint8_t>{5, 6, 5});
    conv->variables["output_shift"] =
        Tensor::of<std::int8_t>({4}, std::vector<std::int8_t>{-14, -15, -14, -15});
    REQUIRE(model.add(std::move(conv)).ok());
    check(*gl, model, "float in pieces", {});
  }
}

TEST_CASE("a look-up of an int") {
  const auto gl = test::openGl();
  if (!gl || !gl->context->es3()) return;
  Model model;
  auto conv = convOf(model, R"({"filters":4,"kernel_size":1,"buffer_bits":32,
                                "activation":"LUT","output_bits":8})");
  // Products of up to 132 million fit no limb.
  conv->variables["weights"] = randomTensor<std::int8_t>(DType::I8, {1, 1, 3, 4}, -128, 127);
  conv->variables["input_shift"] =
      Tensor::of<std::uint8_t>({3}, std::vector<std::uint8_t>{12, 11, 12});
  conv->variables["activation_shift"] =
      Tensor::of<std::int8_t>({4}, std::vector<std::int8_t>{-18, -17, -18, -16});
  conv->variables["lut_values"] = randomTensor<std::int32_t>(DType::I32, {2048}, -128, 127);
  REQUIRE(model.add(std::move(conv)).ok());
  check(*gl, model, "int32", {});
}
