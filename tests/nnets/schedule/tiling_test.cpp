#include "nnets/schedule/tiling.h"

#include <doctest/doctest.h>

#include "core/random.h"

using namespace glint;

namespace {

/// Every output position is kept once, from a crop that holds all it depends on.
void checkCover(const AxisReach& reach, std::int64_t extent, std::int64_t out, std::int64_t limit) {
  const auto crops = cropAxis(reach, extent, out, limit);
  REQUIRE(crops.ok());
  std::int64_t done = 0;
  for (const CropAxis& crop : *crops) {
    REQUIRE(crop.extent <= limit);
    REQUIRE(crop.begin % reach.period == 0);
    REQUIRE((extent - crop.extent) % reach.period == 0);
    REQUIRE(crop.begin + crop.extent <= extent);
    REQUIRE(crop.outBegin == done);
    REQUIRE(crop.keepExtent > 0);
    REQUIRE(crop.keepBegin == crop.outBegin - crop.begin * reach.stepDen / reach.stepNum);
    const std::int64_t first = crop.outBegin * reach.stepNum / reach.stepDen - reach.before;
    const std::int64_t last =
        (crop.outBegin + crop.keepExtent - 1) * reach.stepNum / reach.stepDen + reach.after;
    REQUIRE((crop.begin == 0 || first >= crop.begin));
    REQUIRE((crop.begin + crop.extent == extent || last < crop.begin + crop.extent));
    done += crop.keepExtent;
  }
  REQUIRE(done == out);
}

}  // namespace

TEST_CASE("crops cover an axis once, each with its halo") {
  for (std::int64_t extent : {17, 64, 100, 101, 333}) {
    for (std::int64_t limit : {40, 41, 64, 99, 500}) {
      checkCover({1, 1, 3, 3, 1}, extent, extent, limit);
      checkCover({1, 2, 4, 3, 1}, extent, 2 * extent, limit);        // doubles the map
      checkCover({2, 1, 5, 6, 2}, extent, (extent + 1) / 2, limit);  // halves it
      checkCover({4, 1, 9, 9, 8}, extent, (extent + 3) / 4, limit);
    }
  }
}

TEST_CASE("rows and columns have reaches of their own") {
  auto layer = makeLayer("InputConvolutional");
  layer->name = "conv";
  REQUIRE(readFields(*layer, *parseJson(R"({"input_shape":[40,90,1],"filters":2,"act_bits":4,
      "kernel_size":[5,2],"kernel_stride":[1,3],"weights_bits":8,"pool_type":"Max",
      "pool_size":[1,2],"padding_value":9})"))
              .ok());
  layer->variables["weights"] = Tensor(DType::I8, {5, 2, 1, 2});
  Random random(8);
  for (auto& w : layer->variables["weights"].as<std::int8_t>()) {
    w = static_cast<std::int8_t>(random.between(-128, 127));
  }
  layer->variables["act_step"] = Tensor::of<float>(Shape{2}, {900.F, 2000.F});
  Model model;
  REQUIRE(model.add(std::move(layer)).ok());
  const auto reach = mapReach(model);
  REQUIRE(reach.ok());
  CHECK(reach->x.stepNum == 1);
  CHECK(reach->x.before == 2);
  CHECK(reach->y.stepNum == 6);
  CHECK(reach->y.period == 6);

  Tensor feed(DType::U8, {40, 90, 1});
  for (auto& v : feed.as<std::uint8_t>()) v = static_cast<std::uint8_t>(random.between(0, 255));
  const auto run = [&](const Tensor& crop) -> Result<Tensor> {
    GLINT_ASSIGN(const Model bound, model.withExtent(crop.shape()[0], crop.shape()[1]));
    std::vector<LayerState> states;
    GLINT_ASSIGN(auto outputs, runReference(bound, {&crop, 1}, states));
    return outputs[0];
  };
  const auto whole = run(feed);
  REQUIRE(whole.ok());
  for (const std::int64_t limit : {20, 21, 33}) {
    const auto cropped = runInCrops(model, feed, limit, run, {});
    REQUIRE(cropped.ok());
    CHECK(*cropped == *whole);
  }
}

TEST_CASE("a limit below the reach is refused, naming both") {
  const auto refused = cropAxis({1, 1, 20, 20, 1}, 100, 100, 40);
  REQUIRE(!refused.ok());
  CHECK(refused.error().code == Errc::Value);
  CHECK(refused.error().message.find("41") != std::string::npos);
}
