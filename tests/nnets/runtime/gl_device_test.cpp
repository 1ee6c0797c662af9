#include "nnets/runtime/gl_device.h"

#include <algorithm>

#include "tests/nnets/api/fixture.h"
#include "tests/nnets/runtime/gl_fixture.h"
#include "tests/support/random_model.h"

namespace glint::test {
namespace {

/// A random sample for each fed layer, as Model::forward takes them.
std::vector<Tensor> samples(const glint::Model& graph, std::uint64_t seed) {
  std::vector<Tensor> stacked;
  const std::vector<Tensor> feeds = randomFeeds(graph, seed);
  const std::vector<int> fed = graph.feeds();
  for (std::size_t i = 0; i < feeds.size(); ++i) {
    const TensorType& type = graph.inputTypes(fed[i])[0];
    const Tensor feed = type.isFloat ? feeds[i] : *convertIntegers(feeds[i], type.dtype());
    stacked.push_back(feed.reshaped(Shape{1, type.x(), type.y(), type.channels()}));
  }
  return stacked;
}

}  // namespace

TEST_CASE("models mapped on a GL context give what they give in software") {
  const auto gl = openGl();
  if (gl == nullptr) return;
  const auto device = std::make_shared<GlDevice>(*gl->context);
  CHECK(device->desc() == gl->context->capabilities().renderer);
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    api::Model model(seed % 2 == 0 ? randomModel(seed) : randomModelV1(seed));
    const std::vector<Tensor> inputs = samples(model.graph(), seed);
    const Result<Tensor> expected = model.forward(inputs);
    const Result<Tensor> values = model.predict(inputs);
    REQUIRE(expected.ok());
    const Status mapped = model.map(device);
    REQUIRE_MESSAGE(mapped.ok(), mapped.error().message);
    CHECK(model.schedule() != nullptr);
    const Result<Tensor> output = model.forward(inputs);
    REQUIRE_MESSAGE(output.ok(), output.error().message);
    CHECK(*output == *expected);
    const Result<Tensor> mappedValues = model.predict(inputs);
    REQUIRE(mappedValues.ok() == values.ok());
    if (values.ok()) CHECK(std::ranges::equal(mappedValues->bytes(), values->bytes()));
  }
}

TEST_CASE("weights that are set on a mapped model are drawn with") {
  const auto gl = openGl();
  if (gl == nullptr) return;
  api::Model model = firstInputs(3);
  REQUIRE(model.map(std::make_shared<GlDevice>(*gl->context), true).ok());
  CHECK(model.sequences().size() == 1);
  CHECK_FALSE(model.getLayer("dense")->mapping().empty());
  Tensor inputs(DType::U8, Shape{2, 3, 2, 2});
  std::ranges::fill(inputs.as<std::uint8_t>(), std::uint8_t{2});
  CHECK(*model.forward(inputs) == tensorOf(DType::I32, Shape{2, 1, 1, 3}, {2, 2, 2, 2, 2, 2}));
  api::Layer dense = *model.getLayer("dense");
  setInts(dense, "weights", DType::I8, Shape{1, 1, 12, 3}, std::vector<int>(36, 1));
  CHECK(*model.forward(inputs) ==
        tensorOf(DType::I32, Shape{2, 1, 1, 3}, {24, 24, 24, 24, 24, 24}));
}

}  // namespace glint::test
