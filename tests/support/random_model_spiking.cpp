#include <algorithm>

#include <doctest/doctest.h>

#include "tests/support/model_generator.h"
#include "tests/support/random_model.h"

namespace glint::test {
namespace {

class Generator : public ModelGenerator {
 public:
  using ModelGenerator::ModelGenerator;

  Model run() {
    input();
    if (chance(25)) dvs(sources_.back());
    const int layers = chance(60) ? 1 : 2;
    while (!spiking(sources_.back(), layers == 2)) {
    }
    if (layers == 2) spiking(source(), false);
    return std::move(model_);
  }

 private:
  void input() {
    Json params;
    params.set("input_shape", Json(Json::Array{pick(1, 11), pick(1, 11), oneOf({1, 2, 2, 3, 5})}));
    params.set("input_bits", oneOf({1, 2, 2, 4, 8}));
    params.set("input_signed", false);
    auto layer = makeLayer("InputData");
    layer->name = fresh("in");
    REQUIRE(readFields(*layer, params).ok());
    REQUIRE(add(std::move(layer)));
  }

  void dvs(const Source& in) {
    Json params;
    const int pool = in.type.x() > 2 && in.type.y() > 2 ? oneOf({1, 2}) : 1;
    const auto rows = static_cast<int>(in.type.x()) / pool;
    const auto columns = static_cast<int>(in.type.y()) / pool;
    params.set("merge_polarities", chance(30));
    params.set("pool", Json(Json::Array{pool, pool}));
    if (chance(50)) {
      const int top = pick(0, rows - 1), left = pick(0, columns - 1);
      params.set("crop",
                 Json(Json::Array{top, pick(top + 1, rows), left, pick(left + 1, columns)}));
    }
    params.set("flip_x", chance(10));
    params.set("swap_xy", chance(10));
    add(start("dynapcnn.DVSLayer", params, in));
  }

  Json pair(int x, int y) { return Json(Json::Array{x, y}); }

  bool spiking(const Source& in, bool limited) {
    Json params;
    const int kx = oneOf({1, 2, 3, 3, 5}), ky = chance(80) ? kx : oneOf({1, 3, 4});
    const std::int64_t c = in.type.channels(), filters = oneOf({1, 3, 4, 6, 8, 17});
    params.set("filters", filters);
    params.set("kernel_size", pair(kx, ky));
    params.set("stride", pair(oneOf({1, 1, 2, 3}), oneOf({1, 1, 2})));
    params.set("padding", pair(pick(0, 2), pick(0, 3)));
    params.set("pool", chance(50) ? pair(1, 1) : pair(oneOf({2, 3}), oneOf({1, 2})));
    params.set("max_spikes", chance(60) ? 0 : oneOf({1, 1, 2, 3, 200}));
    const bool resets = chance(30);
    params.set("reset_to_value", resets);
    if (limited || chance(30)) params.set("count_limit", oneOf({1, 15, 255, 255, 1000, 20000}));
    auto layer = start("dynapcnn.DynapcnnLayer", params, in);
    const int most = oneOf({3, 40, 127, 127});
    fill(*layer, "weights", DType::I8, {kx, ky, c, filters}, -most - (most == 127), most);
    if (chance(50)) fill(*layer, "bias", DType::I32, {filters}, -most, most);
    const int threshold = chance(15) ? oneOf({1, 2, 3}) : pick(1, oneOf({200, 2000, 32767}));
    fill(*layer, "threshold", DType::I32, {1}, threshold, threshold);
    if (chance(75)) fill(*layer, "min_v_mem", DType::I32, {1}, -threshold, oneOf({-1, -1, 3}));
    if (resets && chance(50)) fill(*layer, "reset_value", DType::I32, {1}, -9, 9);
    if (!resets && chance(30)) {
      fill(*layer, "subtract_value", DType::I32, {1}, 1, threshold + oneOf({0, 5}));
    }
    return add(std::move(layer));
  }
};

}  // namespace

Model randomModelSpiking(std::uint64_t seed) { return Generator(seed).run(); }

}  // namespace glint::test
