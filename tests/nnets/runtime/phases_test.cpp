#include <doctest/doctest.h>

#include "nnets/runtime/session.h"
#include "tests/nnets/runtime/gl_fixture.h"
#include "tests/support/random_model.h"

using namespace glint;

namespace {

/// Adds a layer with random weights of `shape`, and a scaling to 8 bits by 2^-shift.
void add(Model& model, const char* type, const char* params, Shape shape, std::int64_t filters,
         int shift) {
  auto layer = makeLayer(type);
  layer->name = type;
  REQUIRE(readFields(*layer, *parseJson(params)).ok());
  layer->inbounds = {model.layer(model.layerCount() - 1).name};
  Random random(7);
  Tensor weights(DType::I8, shape);
  for (auto& w : weights.as<std::int8_t>()) {
    w = static_cast<std::int8_t>(random.between(-128, 127));
  }
  layer->variables["weights"] = std::move(weights);
  layer->variables["output_shift"] = Tensor::of<std::int8_t>(
      {filters}, std::vector<std::int8_t>(static_cast<std::size_t>(filters),
                                          static_cast<std::int8_t>(-shift)));
  REQUIRE(model.add(std::move(layer)).ok());
}

}  // namespace

TEST_CASE("a loop reads several pages in phases, side by side in one texture") {
  // One target, so all pages lie in one plane; a tall map, so that three of them make a row.
  Model model;
  auto input = makeLayer("InputData");
  input->name = "in";
  REQUIRE(readFields(*input, *parseJson(R"({"input_shape":[40,2,3],"input_bits":8})")).ok());
  REQUIRE(model.add(std::move(input)).ok());
  add(model, "Conv2DTranspose",
      R"({"filters":16,"kernel_size":3,"activation":"NoActivation","output_bits":8})",
      {3, 3, 3, 16}, 16, 8);
  add(model, "Conv2D",
      R"({"filters":4,"kernel_size":3,"activation":"NoActivation","output_bits":8})", {3, 3, 16, 4},
      4, 9);
  const std::vector<Tensor> feeds = test::randomFeeds(model, 1);
  std::vector<LayerState> states;
  const auto expected = runReference(model, feeds, states);
  REQUIRE(expected.ok());
  for (const int es : {2, 3}) {
    CAPTURE(es);
    gpu::CapabilityLimits limits;
    limits.esMajor = es;
    limits.maxDrawBuffers = 1;
    const auto gl = test::openGl(limits);
    if (!gl) return;
    SessionOptions options;
    options.mapping = MappingOptions{};
    options.mapping->forcePlacement = true;
    options.mapping->placement = Placement::Texture;
    const auto session = Session::create(*gl->context, model, options);
    if (!session.ok()) FAIL(session.error().message);
    const Schedule& schedule = (*session)->schedule();
    const int between = schedule.graph.layerValue[1];
    const Layout& layout = schedule.values[static_cast<std::size_t>(between)].layout;
    CHECK(layout.form.phases == 2);
    CHECK(layout.tilesPerRow == 12);
    CHECK(layout.tileRows() == 2);
    const auto got = (*session)->run(feeds);
    if (!got.ok()) FAIL(got.error().message);
    CHECK(*convertIntegers(got->at(2), DType::I32) == (*expected)[2]);
  }
}
