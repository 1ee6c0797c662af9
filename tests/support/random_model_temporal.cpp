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
    recurrent_ = chance(30);
    subsample_ = oneOf({1, 1, 2, 3});
    input();
    const auto layers = pick(1, 4);
    for (int i = 0; i < layers && sources_.back().type.bits <= 12; ++i) next();
    if (!model_.hasState()) recurrent_ ? recurrent(sources_.back()) : temporal(sources_.front());
    return std::move(model_);
  }

 private:
  void input() {
    Json params;
    const int x = recurrent_ ? 1 : pick(1, 9);
    const int y = recurrent_ ? subsample_ * pick(1, 3) : pick(1, 9);
    params.set("input_shape", Json(Json::Array{x, y, oneOf({1, 2, 3, 4, 5, 8, 13})}));
    params.set("input_bits", oneOf({4, 8, 8, 8, 12, 12}));
    params.set("input_signed", chance(60));
    auto layer = makeLayer("InputData");
    layer->name = fresh("in");
    REQUIRE(readFields(*layer, params).ok());
    REQUIRE(add(std::move(layer)));
  }

  void next() {
    const Source in = source();
    if (in.type.bits > 12) return;
    const int what = pick(0, 9);
    if (recurrent_ && what < 5) return recurrent(in);
    if (what < 7) return temporal(in);
    conv(in);
  }

  void common(Json& params) {
    params.set("activation", chance(50) ? "ReLU" : "NoActivation");
    const int buffer = chance(75) ? 32 : pick(12, 24);
    params.set("buffer_bits", buffer);
    params.set("output_bits", chance(85) ? 8 : chance(50) ? 4 : buffer);
  }

  /// Bias, bounds and an output scaling that brings sums of about `magnitude` near the output.
  void post(Layer& layer, const Json& params, std::int64_t channels, double magnitude) {
    const Shape c{channels};
    const int bits = static_cast<int>(std::log2(magnitude + 1));
    if (chance(70)) {
      fill(layer, "bias", DType::I8, c, -128, 127);
      fill(layer, "bias_shift", DType::U8, c, 0, std::clamp(bits - 6, 0, 20));
    }
    if (*params.find("activation")->asString() == "ReLU" && chance(30)) {
      fill(layer, "max_value", DType::U8, c, 0, 255);
      fill(layer, "max_value_shift", DType::U8, c, 0, 12);
    }
    if (*params.find("output_bits")->asInt() > 8) return;
    fill(layer, "output_scales", DType::U8, c, chance(10) ? 0 : 64, 255);
    const int right = bits + pick(-3, 2);
    fill(layer, "output_shift", DType::I8, c, -std::clamp(right + 1, 0, 40),
         -std::clamp(right, 0, 39));
  }

  double shifts(Layer& layer, std::int64_t channels) {
    if (!chance(50)) return 1;
    const int shift = chance(70) ? pick(0, 4) : pick(5, 18);
    fill(layer, "input_shift", DType::U8, {channels}, 0, shift);
    return std::exp2(shift);
  }

  void temporal(const Source& in) {
    Json params;
    const bool depthwise = chance(50);
    const int size = oneOf({1, 2, 3, 3, 5, 9});
    const std::int64_t c = in.type.channels(), filters = oneOf({1, 3, 4, 6, 8, 17});
    params.set("fifo_size", size);
    if (!depthwise) params.set("filters", filters);
    common(params);
    auto layer = start(depthwise ? "DepthwiseBufferTempConv" : "BufferTempConv", params, in);
    fill(*layer, "weights", DType::I8,
         depthwise ? Shape{1, 1, size, c} : Shape{1, 1, size * c, filters}, -128, 127);
    const double range = static_cast<double>(in.type.range().magnitude()) * shifts(*layer, c);
    const double taps = static_cast<double>(depthwise ? size : size * c);
    post(*layer, params, depthwise ? c : filters, range * 128 * std::sqrt(taps) / 3);
    add(std::move(layer));
  }

  void conv(const Source& in) {
    Json params;
    const std::int64_t c = in.type.channels(), filters = oneOf({1, 3, 4, 6, 8, 17});
    const std::int64_t k = recurrent_ ? 1 : oneOf({1, 3, 3});
    params.set("filters", filters);
    params.set("kernel_size", k);
    params.set("kernel_stride", recurrent_ ? 1 : oneOf({1, 1, 2}));
    common(params);
    auto layer = start("Conv2D", params, in);
    fill(*layer, "weights", DType::I8, {k, k, c, filters}, -128, 127);
    const double range = static_cast<double>(in.type.range().magnitude()) * shifts(*layer, c);
    post(*layer, params, filters, range * 128 * std::sqrt(static_cast<double>(k * k * c)) / 3);
    add(std::move(layer));
  }

  /// A rotation that decays, or one that runs into saturation.
  void recurrent(const Source& in) {
    Json params;
    const std::int64_t c = in.type.channels(), s = oneOf({1, 2, 4, 7, 16}), f = oneOf({1, 3, 4, 9});
    params.set("stateful_channels", s);
    params.set("output_channels", f);
    const bool fits = in.type.y() % subsample_ == 0;
    params.set("subsample", fits ? subsample_ : 1);
    common(params);
    params.set("buffer_bits", chance(75) ? 28 : pick(16, 24));
    if (*params.find("output_bits")->asInt() > 8) params.set("output_bits", 16);
    if (chance(20)) params.set("post_op_buffer_bits", pick(20, 31));
    if (chance(20)) params.set("internal_state_bits", pick(8, 15));
    auto layer = start("StatefulRecurrent", params, in);
    fill(*layer, "in_proj", DType::I8, {c, s}, -128, 127);
    fill(*layer, "out_proj", DType::I8, {s, f}, -128, 127);
    // Turns of up to 2e9 and what is added to them go beyond 2^31 together.
    const int radius = chance(80) ? 23000 : 32767;
    const int least = chance(30) ? 27000 : -radius - 1, most = least > 0 ? 31000 : radius;
    fill(*layer, "A_real", DType::I16, {s}, least, most);
    fill(*layer, "A_imag", DType::I16, {s}, least, most);
    fill(*layer, "internal_state_outputs_shift", DType::I8, {s}, -15, chance(80) ? -15 : -13);
    const double range = static_cast<double>(in.type.range().magnitude()) * shifts(*layer, c);
    const int bits =
        static_cast<int>(std::log2(range * 128 * std::sqrt(static_cast<double>(c)) / 3 + 1));
    if (chance(80)) fill(*layer, "new_state_scale", DType::U8, {s}, 64, 255);
    fill(*layer, "new_state_shift", DType::I8, {s}, 18 - bits, 22 - bits);
    post(*layer, params, f, 32768.0 * 128 * std::sqrt(static_cast<double>(s)) / 6);
    add(std::move(layer));
  }

  bool recurrent_ = false;
  int subsample_ = 1;
};

}  // namespace

Model randomModelTemporal(std::uint64_t seed) { return Generator(seed).run(); }

}  // namespace glint::test
