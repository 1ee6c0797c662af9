#include "tests/support/random_model.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <doctest/doctest.h>

#include "tests/support/model_generator.h"

namespace glint::test {
namespace {

class Generator : public ModelGenerator {
 public:
  using ModelGenerator::ModelGenerator;

  Model run() {
    input();
    const auto layers = pick(1, 5);
    for (int i = 0; i < layers && sources_.back().type.bits <= 8; ++i) next();
    return std::move(model_);
  }

 private:
  void input() {
    const int x = extent(), y = extent();
    Json params;
    if (chance(40)) {
      const int channels = oneOf({1, 3});
      inputConv(x, y, channels);
      if (!sources_.empty()) return;
    }
    const int bits = oneOf({4, 8, 8, 8}), channels = oneOf({1, 2, 3, 4, 5, 8, 13, 16, 33});
    params.set("input_shape", Json(Json::Array{x, y, channels}));
    params.set("input_bits", bits);
    params.set("input_signed", chance(60));
    auto layer = makeLayer("InputData");
    layer->name = fresh("in");
    REQUIRE(readFields(*layer, params).ok());
    REQUIRE(add(std::move(layer)));
  }

  /// Activation, widths, pooling: what the layers with weights have in common.
  void postParams(Json& params, bool poolable, bool average, bool table) {
    params.set("activation", table && chance(15) ? "LUT" : chance(60) ? "ReLU" : "NoActivation");
    const int buffer = chance(75) ? 28 : pick(12, 24);
    params.set("buffer_bits", buffer);
    params.set("output_bits", chance(80) ? 8 : chance(50) ? 4 : buffer);
    if (!poolable || !chance(25)) return;
    if (average && chance(35)) {
      params.set("pool_type", "Average");
      return;
    }
    params.set("pool_type", "Max");
    params.set("pool_size", pick(2, 3));
    params.set("pool_stride", pick(1, 3));
  }

  void windowParams(Json& params) {
    params.set("kernel_size", oneOf({1, 1, 2, 3, 3, 3, 5, 7}));
    params.set("kernel_stride", oneOf({1, 1, 1, 2, 3}));
    params.set("padding", chance(70) ? "Same" : "Valid");
    params.set("weights_bits", weightBits_ = oneOf({4, 8, 8}));
  }

  /// Bias, bounds and an output scaling that brings sums of about `magnitude` near the output.
  void postVariables(Layer& layer, std::int64_t channels, double magnitude, bool scaled,
                     bool relu) {
    const Shape c{channels};
    if (chance(70)) {
      fill(layer, "bias", DType::I8, c, -128, 127);
      const int top = std::max(static_cast<int>(std::log2(magnitude + 1)) - 6, 0);
      fill(layer, "bias_shift", DType::U8, c, 0, std::min(top, 20));
    }
    if (relu && chance(30)) {
      fill(layer, "max_value", DType::U8, c, 0, 255);
      fill(layer, "max_value_shift", DType::U8, c, 0, 12);
    }
    if (layer.hasVariable("lut_values")) magnitude = 8192;
    if (!scaled) return;
    const bool plain = chance(15);
    if (!plain) fill(layer, "output_scales", DType::U8, c, chance(10) ? 0 : 64, 255);
    const int right = static_cast<int>(std::log2(magnitude + 1)) + (plain ? -7 : 0) + pick(-3, 2);
    fill(layer, "output_shift", DType::I8, c, -std::clamp(right + 1, 0, 40),
         -std::clamp(right, -3, 39));
  }

  void finish(Layer& layer, const Json& params, const TensorType& in, std::int64_t taps,
              std::int64_t channels, Shape weights, bool shifts, std::int64_t shiftCount) {
    const std::int64_t top = std::int64_t{1} << (weightBits_ - 1);
    fill(layer, "weights", DType::I8, weights, -top, top - 1);
    int shift = 0;
    if (shifts && chance(50)) {
      shift = chance(70) ? pick(0, 4) : pick(5, 18);
      fill(layer, "input_shift", DType::U8, {shiftCount}, 0, shift);
    }
    const double magnitude = double(in.range().magnitude()) * double(top) *
                             std::sqrt(double(taps)) * std::exp2(shift) / 3;
    if (*params.find("activation")->asString() == "LUT") table(layer, channels, magnitude);
    const std::int64_t outputBits = *params.find("output_bits")->asInt();
    // A wide output with a scaling is rare in practice, and the only use of F3.
    const bool wide = outputBits > 8 && chance(50);
    if (wide) {
      fill(layer, "output_scales", DType::U8, {channels}, 1, 255);
      fill(layer, "output_shift", DType::I8, {channels}, -12, -8);
    }
    postVariables(layer, channels, magnitude, outputBits <= 8,
                  *params.find("activation")->asString() == "ReLU");
  }

  /// A table that rises and falls, and an index scaling that reaches its ends.
  void table(Layer& layer, std::int64_t channels, double magnitude) {
    fill(layer, "lut_values", DType::I32, {2048}, -8192, 8191);
    fill(layer, "activation_scales", DType::U8, {channels}, 64, 255);
    const int right =
        std::clamp(static_cast<int>(std::log2(magnitude + 1)) - 3 + pick(-2, 2), 0, 40);
    fill(layer, "activation_shift", DType::I8, {channels}, -right, -right);
  }

  /// A 1x1 convolution whose partial sums reach about 2^24, 2^31 or 2^32: the edges of the ladder.
  void edge(const Source& in) {
    const std::int64_t c = in.type.channels(), filters = pick(1, 9);
    const double target = std::exp2(oneOf({24, 24, 25, 26, 27, 31, 32}));
    const double most = 127.0 * static_cast<double>(c * in.type.range().magnitude());
    const int shift = std::max(static_cast<int>(std::ceil(std::log2(target / most))), 0);
    if (shift > 19) return;
    Json params;
    params.set("filters", filters);
    params.set("kernel_size", 1);
    postParams(params, false, false, false);
    const int buffer = chance(70) ? 32 : 28;
    params.set("buffer_bits", buffer);
    if (chance(40)) {
      params.set("activation", "NoActivation");
      params.set("output_bits", buffer);
    }
    auto layer = start("Conv2D", params, in);
    layer->variables["weights"] = edgeWeights(
        c, filters, std::floor(std::ldexp(target, -shift) / double(in.type.range().magnitude())));
    fill(*layer, "input_shift", DType::U8, {c}, shift, shift);
    fill(*layer, "bias", DType::I8, {filters}, -128, 127);
    const int right = static_cast<int>(std::log2(target)) + pick(-6, 5);
    if (*params.find("output_bits")->asInt() <= 8) {
      fill(*layer, "output_scales", DType::U8, {filters}, 64, 255);
      fill(*layer, "output_shift", DType::I8, {filters}, -right, -right);
    }
    add(std::move(layer));
  }

  /// Weights of random signs whose magnitudes sum to `sum` in each filter.
  Tensor edgeWeights(std::int64_t channels, std::int64_t filters, double sum) {
    Tensor weights(DType::I8, {1, 1, channels, filters});
    for (std::int64_t f = 0; f < filters; ++f) {
      auto left = static_cast<int>(sum);
      const int sign = pick(0, 3);  // all one way, or mixed
      for (std::int64_t c = 0; c < channels; ++c) {
        const int magnitude = std::min(left, 127);
        left -= magnitude;
        const bool negative = sign == 0 || (sign > 1 && chance(50));
        weights.as<std::int8_t>()[static_cast<std::size_t>(c * filters + f)] =
            static_cast<std::int8_t>(negative ? -magnitude : magnitude);
      }
    }
    return weights;
  }

  void inputConv(int x, int y, int channels) {
    Json params;
    params.set("input_shape", Json(Json::Array{x, y, channels}));
    const int filters = pick(1, 20);
    params.set("filters", filters);
    postParams(params, true, false, true);
    windowParams(params);
    auto layer = makeLayer("InputConv2D");
    layer->name = fresh("conv");
    REQUIRE(readFields(*layer, params).ok());
    const std::int64_t k = *params.find("kernel_size")->asInt();
    finish(*layer, params, {{x, y, channels}, 8, false, false}, k * k * channels, filters,
           {k, k, channels, filters}, false, 0);
    if (chance(50)) fill(*layer, "padding_value", DType::U8, {channels}, 0, 255);
    add(std::move(layer));
  }

  void next() {
    const Source in = source();
    if (in.type.bits > 8) return;
    switch (pick(0, 11)) {
      case 10:
      case 11:
        edge(in);
        break;
      case 0:
        dense(in);
        break;
      case 1:
        depthwise(in);
        break;
      case 2:
      case 3:
        transposed(in);
        break;
      case 4:
        join(in);
        break;
      default:
        conv(in);
        break;
    }
  }

  void conv(const Source& in) {
    Json params;
    const std::int64_t c = in.type.channels(), filters = oneOf({1, 3, 4, 6, 8, 12, 17, 36});
    params.set("filters", filters);
    postParams(params, true, true, true);
    windowParams(params);
    auto layer = start("Conv2D", params, in);
    const std::int64_t k = *params.find("kernel_size")->asInt();
    finish(*layer, params, in.type, k * k * c, filters, {k, k, c, filters}, true, c);
    add(std::move(layer));
  }

  void depthwise(const Source& in) {
    Json params;
    postParams(params, true, false, true);
    windowParams(params);
    auto layer = start("DepthwiseConv2D", params, in);
    const std::int64_t k = *params.find("kernel_size")->asInt(), c = in.type.channels();
    finish(*layer, params, in.type, k * k, c, {k, k, c, 1}, false, 0);
    add(std::move(layer));
  }

  void transposed(const Source& in) {
    Json params;
    const bool single = chance(40);
    const std::int64_t k = pick(3, 4), c = in.type.channels(), filters = pick(1, 9);
    params.set("kernel_size", k);
    if (!single) params.set("filters", filters);
    params.set("weights_bits", weightBits_ = 8);
    postParams(params, false, false, true);
    auto layer = start(single ? "DepthwiseConv2DTranspose" : "Conv2DTranspose", params, in);
    finish(*layer, params, in.type, single ? 4 : 4 * c, single ? c : filters,
           {k, k, c, single ? 1 : filters}, true, c);
    add(std::move(layer));
  }

  void dense(const Source& in) {
    if (in.type.shape.size() > 3000) return;
    Json params;
    const std::int64_t n = in.type.shape.size(), units = pick(1, 12);
    params.set("units", units);
    postParams(params, false, false, false);
    weightBits_ = 8;
    auto layer = start("Dense1D", params, in);
    finish(*layer, params, in.type, n, units, {n, units}, true, n);
    add(std::move(layer));
  }

  /// Add or Concatenate of two maps that fit.
  void join(const Source& in) {
    for (const Source& other : sources_) {
      if (other.type.bits > 8 || other.type.x() != in.type.x() || other.type.y() != in.type.y()) {
        continue;
      }
      if (chance(50) && other.type.shape == in.type.shape) {
        Json params;
        params.set("buffer_bits", chance(80) ? 32 : 10);
        auto layer = start("Add", params, in);
        layer->inbounds.push_back(other.name);
        const Shape c{in.type.channels()};
        fill(*layer, "a_shift", DType::U8, c, 0, 4);
        fill(*layer, "b_shift", DType::U8, c, 0, 4);
        fill(*layer, "output_shift", DType::I8, c, -5, 1);
        add(std::move(layer));
        return;
      }
      auto layer = start("Concatenate", Json::object(), in);
      layer->inbounds.push_back(other.name);
      if (add(std::move(layer))) return;
    }
  }

  int weightBits_ = 8;
};

}  // namespace

Model randomModel(std::uint64_t seed) { return Generator(seed).run(); }

std::vector<Tensor> randomFeeds(const Model& model, std::uint64_t seed) {
  Random random(seed ^ 0xFEEDu);
  std::vector<Tensor> feeds;
  for (int layer : model.feeds()) {
    const TensorType& type = model.inputTypes(layer)[0];
    const Interval r = type.range();
    const std::int64_t kind = random.between(0, 9);
    Tensor wide(DType::I64, type.shape);
    for (std::int64_t& v : wide.as<std::int64_t>()) {
      v = kind == 0 ? r.lo : kind == 1 ? r.hi : random.between(r.lo, r.hi);
    }
    feeds.push_back(*convertIntegers(wide, type.dtype()));
  }
  return feeds;
}

}  // namespace glint::test
