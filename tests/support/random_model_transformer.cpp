#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "tests/support/model_generator.h"
#include "tests/support/random_model.h"

namespace glint::test {
namespace {

class Generator : public ModelGenerator {
 public:
  using ModelGenerator::ModelGenerator;

  Model run() {
    chance(40) ? stem() : input();
    const int layers = pick(1, 4);
    for (int i = 0; i < layers && sources_.back().type.bits <= 12; ++i) next();
    if (chance(30) && sources_.back().type.bits <= 12) head();
    return std::move(model_);
  }

 private:
  void input() {
    Json params;
    const int tokens = chance(85) ? pick(1, 14) : pick(15, 37);
    params.set("input_shape", Json(Json::Array{1, tokens, oneOf({1, 2, 3, 4, 6, 8, 12, 16, 20})}));
    params.set("input_bits", oneOf({4, 8, 8, 8, 10}));
    params.set("input_signed", chance(75));
    auto layer = makeLayer("InputData");
    layer->name = fresh("in");
    REQUIRE(readFields(*layer, params).ok());
    REQUIRE(add(std::move(layer)));
  }

  void stem() {
    Json params;
    const int k = oneOf({1, 2, 3, 4}), across = pick(1, 4), c = chance(50) ? 1 : 3;
    const int f = oneOf({1, 3, 4, 6, 8, 12, 17}), n = pick(0, 2);
    params.set("input_shape", Json(Json::Array{k * across, k * across, c}));
    params.set("filters", f);
    params.set("kernel_size", k);
    params.set("num_non_patch_tokens", n);
    params.set("buffer_bits", chance(75) ? 28 : pick(12, 20));
    auto layer = makeLayer("Stem");
    layer->name = fresh("stem");
    REQUIRE(readFields(*layer, params).ok());
    fill(*layer, "weights", DType::I8, {k, k, c, f}, -128, 127);
    const double sum = 255.0 * 128 * std::sqrt(static_cast<double>(k * k * c)) / 3;
    const int bits = static_cast<int>(std::log2(sum));
    fill(*layer, "bias", DType::I8, {f}, -128, 127);
    fill(*layer, "bias_shift", DType::U8, {f}, 0, bits - 6);
    if (n > 0) {
      fill(*layer, "tokens", DType::I8, {n, f}, -128, 127);
      fill(*layer, "tokens_shift", DType::U8, {n, f}, 0, bits - 6);
    }
    if (chance(80)) {
      fill(*layer, "pos_embedding", DType::I8, {n + across * across, f}, -128, 127);
      fill(*layer, "pos_embs_shift", DType::U8, {f}, 0, bits - 6);
    }
    scaling(*layer, f, bits);
    REQUIRE(add(std::move(layer)));
  }

  void next() {
    const Source in = source();
    if (in.type.bits > 12) return;
    switch (pick(0, 9)) {
      case 0:
        return normalize(in);
      case 1:
        return madNorm(in);
      case 2:
        dense(in, oneOf({1, 3, 4, 8, 12}));
        return;
      case 3:
        return extract(in);
      case 4:
        return shiftmax(in);
      default:
        return block(in);
    }
  }

  /// Attention and what is around it: projections of one source, or that source itself.
  void block(const Source& in) {
    const bool own = chance(20);
    const int channels =
        own ? static_cast<int>(in.type.channels()) : oneOf({1, 2, 4, 6, 8, 12, 18});
    std::vector<Source> inputs(3, in);
    for (Source& input : inputs) {
      if (own) continue;
      if (!dense(in, channels)) return;
      input = sources_.back();
    }
    Json params;
    int heads = oneOf({1, 1, 2, 3, 4});
    while (channels % heads != 0) --heads;
    const int buffer = chance(70) ? 32 : pick(10, 24);
    params.set("num_heads", heads);
    params.set("buffer_bits", buffer);
    const int most = std::min(buffer / 2, 12);
    params.set("shiftmax_output_bits", chance(50) ? std::min(9, most) : pick(1, most));
    const bool wide = chance(15);
    params.set("output_bits", wide ? buffer : 8);
    auto layer = start("Attention", params, inputs[0]);
    layer->inbounds = {inputs[0].name, inputs[1].name, inputs[2].name};
    if (chance(50)) fill(*layer, "value_shift", DType::U8, {channels}, 0, chance(80) ? 3 : 14);
    fill(*layer, "shiftmax_input_shift", DType::U8, {1}, 0, chance(80) ? 12 : 31);
    if (!wide) fill(*layer, "output_shift", DType::I8, {channels}, -12, -4);
    const bool added = add(std::move(layer));
    if (!added || wide || !chance(50)) return;
    const Source mixed = sources_.back();
    if (mixed.type.shape != in.type.shape) return;
    auto sum = start("Add", Json::object(), in);
    sum->inbounds.push_back(mixed.name);
    fill(*sum, "output_shift", DType::I8, {channels}, -1, 0);
    add(std::move(sum));
  }

  bool dense(const Source& in, int units) {
    Json params;
    const std::int64_t c = in.type.channels();
    params.set("units", units);
    params.set("activation", chance(30) ? "ReLU" : "NoActivation");
    params.set("buffer_bits", chance(80) ? 28 : pick(12, 20));
    auto layer = start("Dense2D", params, in);
    fill(*layer, "weights", DType::I8, {c, units}, -128, 127);
    if (chance(50)) fill(*layer, "input_shift", DType::U8, {c}, 0, 2);
    const double range = static_cast<double>(in.type.range().magnitude());
    const int bits =
        static_cast<int>(std::log2(range * 128 * std::sqrt(static_cast<double>(c)) / 3 + 1));
    if (chance(70)) {
      fill(*layer, "bias", DType::I8, {units}, -128, 127);
      fill(*layer, "bias_shift", DType::U8, {units}, 0, std::clamp(bits - 6, 0, 20));
    }
    scaling(*layer, units, bits);
    return add(std::move(layer));
  }

  void normalize(const Source& in) {
    Json params;
    const Shape c{in.type.channels()};
    params.set("activation", chance(30));
    params.set("buffer_bits", chance(80) ? 32 : pick(10, 20));
    auto layer = start("BatchNormalization", params, in);
    fill(*layer, "a", DType::I8, c, -128, 127);
    if (chance(50)) fill(*layer, "input_shift", DType::U8, c, 0, 3);
    fill(*layer, "b", DType::I8, c, -128, 127);
    fill(*layer, "b_shift", DType::U8, c, 0, 9);
    scaling(*layer, c[0], 12);
    add(std::move(layer));
  }

  void madNorm(const Source& in) {
    Json params;
    const Shape c{in.type.channels()};
    const int buffer = oneOf({24, 24, 32, 32, 28, 12, 8});
    params.set("buffer_bits", buffer);
    auto layer = start("MadNorm", params, in);
    fill(*layer, "gamma", DType::I8, c, -128, 127);
    // The products have about buffer_bits - 8 bits, as in converted models, or saturate.
    const int shift = std::max(buffer - 16, 0) + (chance(15) ? 1 : 0);
    fill(*layer, "gamma_shift", DType::U8, c, shift, shift);
    if (chance(50)) fill(*layer, "input_shift", DType::U8, c, 0, chance(80) ? 3 : 24);
    fill(*layer, "beta", DType::I8, c, -128, 127);
    fill(*layer, "beta_shift", DType::U8, c, 0, std::max(buffer - 18, 0));
    const int magnitude = static_cast<int>(std::log2(static_cast<double>(c[0]) / 2 + 1));
    scaling(*layer, c[0], std::max(shift + 6 - magnitude, 1));
    add(std::move(layer));
  }

  void shiftmax(const Source& in) {
    Json params;
    const int buffer = chance(70) ? 32 : pick(4, 24);
    params.set("buffer_bits", buffer);
    params.set("output_bits", pick(1, std::min(buffer / 2, 12)));
    auto layer = start("Shiftmax", params, in);
    if (chance(60)) fill(*layer, "input_shift", DType::U8, {in.type.channels()}, 0, 6);
    add(std::move(layer));
  }

  void extract(const Source& in) {
    const Shape& shape = in.type.shape;
    const auto extent = static_cast<int>(shape[1] != 1 ? shape[1] : shape[2]);
    Json params;
    const int begin = pick(0, extent - 1);
    params.set("begin", begin);
    if (chance(80)) params.set("end", pick(begin + 1, extent));
    add(start("ExtractToken", params, in));
  }

  void head() {
    const Source in = sources_.back();
    Json params;
    const int units = oneOf({1, 3, 5, 10});
    params.set("units", units);
    params.set("buffer_bits", 28);
    params.set("output_bits", 28);
    auto layer = start("Dense1D", params, in);
    fill(*layer, "weights", DType::I8, {in.type.shape.size(), units}, -128, 127);
    add(std::move(layer));
  }

  /// An output scaling that brings sums of about `bits` bits near the output.
  void scaling(Layer& layer, std::int64_t channels, int bits) {
    const Shape c{channels};
    fill(layer, "output_scales", DType::U8, c, chance(10) ? 0 : 64, 255);
    const int right = std::clamp(bits + pick(-2, 2), 0, 39);
    fill(layer, "output_shift", DType::I8, c, -right - 1, -right);
  }
};

}  // namespace

Model randomModelTransformer(std::uint64_t seed) { return Generator(seed).run(); }

}  // namespace glint::test
