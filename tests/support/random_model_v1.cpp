#include <algorithm>
#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include "tests/support/model_generator.h"
#include "tests/support/random_model.h"

namespace glint::test {
namespace {

class Generator : public ModelGenerator {
 public:
  using ModelGenerator::ModelGenerator;

  Model run() {
    while (sources_.empty()) chance(45) ? picture() : input();
    const auto layers = pick(1, 4);
    for (int i = 0; i < layers; ++i) next();
    return std::move(model_);
  }

 private:
  static Json pairOf(int x, int y) { return Json(Json::Array{x, y}); }

  void input() {
    const int x = extent(), y = extent();
    Json params;
    params.set("input_shape", Json(Json::Array{x, y, oneOf({1, 2, 3, 4, 5, 8, 13, 16, 33})}));
    params.set("input_bits", oneOf({1, 2, 4, 4}));
    params.set("input_signed", chance(20));
    auto layer = makeLayer("InputData");
    layer->name = fresh("in");
    REQUIRE(readFields(*layer, params).ok());
    REQUIRE(add(std::move(layer)));
  }

  void picture() {
    Shape shape{extent(), extent(), oneOf({1, 3})};
    Json params = filterParams(30);
    if (chance(40)) {  // sums of whole pictures are what goes beyond 2^24
      shape = {pick(24, 40), pick(24, 40), 3};
      params = filterParams(100);
      params.set("kernel_size", pairOf(3, 3));
      params.set("filters", pick(1, 4));
    }
    params.set("input_shape", Json(Json::Array{shape[0], shape[1], shape[2]}));
    params.set("weights_bits", weightsBits_ = oneOf({1, 2, 4, 8, 8}));
    params.set("padding_value", chance(50) ? 0 : pick(0, 255));
    auto layer = makeLayer("InputConvolutional");
    layer->name = fresh("conv");
    REQUIRE(readFields(*layer, params).ok());
    variables(*layer, params, {shape, 8, false, false});
    add(std::move(layer));
  }

  void next() {
    const Source in = source();
    if (in.type.bits > 4) return;
    if (in.type.shape.size() < 4000 && chance(25)) return dense(in);
    Json params = filterParams(15);
    auto layer = start(chance(40) ? "SeparableConvolutional" : "Convolutional", params, in);
    variables(*layer, params, in.type);
    add(std::move(layer));
  }

  void activationParams(Json& params) {
    params.set("weights_bits", weightsBits_ = oneOf({1, 2, 4}));
    params.set("act_bits", oneOf({1, 2, 4, 4}));
    params.set("activation", chance(88));
  }

  Json filterParams(int averagePercent) {
    Json params;
    const int size = oneOf({1, 1, 2, 3, 3, 4, 5, 7});
    params.set("kernel_size", pairOf(size, chance(70) ? size : pick(1, 5)));
    const int stride = oneOf({1, 1, 1, 2, 3});
    params.set("kernel_stride", pairOf(stride, chance(70) ? stride : pick(1, 3)));
    params.set("padding", chance(70) ? "Same" : "Valid");
    params.set("filters", oneOf({1, 3, 4, 6, 8, 12, 17, 36}));
    activationParams(params);
    if (chance(averagePercent)) {
      params.set("pool_type", "Average");
    } else if (chance(25)) {
      params.set("pool_type", "Max");
      params.set("pool_size", pairOf(pick(1, 3), pick(1, 3)));
      params.set("pool_stride", pairOf(chance(30) ? -1 : pick(1, 3), chance(30) ? -1 : pick(1, 3)));
    }
    return params;
  }

  void dense(const Source& in) {
    Json params;
    params.set("units", pick(1, 12));
    activationParams(params);
    auto layer = start("FullyConnected", params, in);
    variables(*layer, params, in.type);
    add(std::move(layer));
  }

  /// Weights, then thresholds and steps around what sums of them reach.
  void variables(Layer& layer, const Json& params, const TensorType& in) {
    if (!layer.outputType({&in, 1}).ok()) return;  // the model will refuse it
    double taps = 1;
    std::int64_t filters = 0;
    for (const VariableDecl& decl : layer.variableTable({&in, 1})) {
      if (decl.name.rfind("weights", 0) == 0) {
        fill(layer, decl.name, decl.dtype, decl.shape, decl.range.lo, decl.range.hi);
        const double top = weightsBits_ == 1 ? 1 : std::exp2(weightsBits_ - 1);
        taps *= top * std::sqrt(double(decl.shape.size()) / double(decl.shape.back()));
      }
      filters = decl.shape.back();
    }
    const Json* pool = params.find("pool_type");
    if (pool != nullptr && *pool->asString() == "Average") taps *= double(in.x() * in.y());
    const double reach = std::min(taps * double(in.range().magnitude()) / 3, 2e9);
    if (chance(90)) thresholds(layer, filters, static_cast<std::int64_t>(reach));
    if (chance(90)) steps(layer, filters, static_cast<float>(reach));
  }

  void thresholds(Layer& layer, std::int64_t filters, std::int64_t reach) {
    if (chance(5)) {
      const Interval all = integerRange(32, true);
      return fill(layer, "threshold", DType::I32, {filters}, all.lo, all.hi);
    }
    fill(layer, "threshold", DType::I32, {filters}, -reach, chance(50) ? reach / 4 : reach);
  }

  void steps(Layer& layer, std::int64_t filters, float reach) {
    std::vector<float> values;
    for (std::int64_t f = 0; f < filters; ++f) {
      const auto fraction = static_cast<float>(random_.between(1, 1 << 20)) / float(1 << 20);
      values.push_back(chance(92)   ? (reach + 1) * fraction / float(pick(4, 30))
                       : chance(50) ? std::numeric_limits<float>::denorm_min()
                                    : std::numeric_limits<float>::max() * fraction);
    }
    layer.variables["act_step"] = Tensor::of(Shape{filters}, values);
  }

  int weightsBits_ = 4;
};

}  // namespace

Model randomModelV1(std::uint64_t seed) { return Generator(seed).run(); }

}  // namespace glint::test
