#include "tests/support/random_learning.h"

#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "core/random.h"

namespace glint::test {
namespace {

api::Layer added(api::Model& model, std::string_view type, const Json& parameters) {
  const Result<api::Layer> layer = api::Layer::create(type, parameters);
  REQUIRE_MESSAGE(layer.ok(), layer.error().message);
  const Status status = model.add(*layer);
  REQUIRE_MESSAGE(status.ok(), status.error().message);
  return *layer;
}

Json pairOf(std::int64_t x, std::int64_t y) { return Json(Json::Array{Json(x), Json(y)}); }

/// A convolution to bits: thresholds near the half of what is likely.
void addConvolution(api::Model& model, Random& random, int inputBits) {
  const std::int64_t filters = random.between(1, 21), kernel = random.between(1, 3);
  const std::int64_t channels = model.outputShape()[2];
  Json parameters;
  parameters.set("kernel_size", pairOf(kernel, kernel));
  parameters.set("filters", filters);
  parameters.set("weights_bits", 2);
  parameters.set("act_bits", 1);
  parameters.set("kernel_stride", pairOf(random.between(1, 2), random.between(1, 2)));
  api::Layer layer = added(model, "Convolutional", parameters);
  Tensor weights(DType::I8, Shape{kernel, kernel, channels, filters});
  for (std::int8_t& w : weights.as<std::int8_t>()) {
    w = static_cast<std::int8_t>(random.between(-2, 1));
  }
  Tensor threshold(DType::I32, Shape{filters});
  const std::int64_t typical = kernel * kernel * channels * ((1 << inputBits) - 1) / 3;
  for (std::int32_t& t : threshold.as<std::int32_t>()) {
    t = static_cast<std::int32_t>(random.between(-typical, typical / 4));
  }
  REQUIRE(layer.setVariable("weights", weights).ok());
  REQUIRE(layer.setVariable("threshold", threshold).ok());
}

}  // namespace

LearningSequence randomLearning(std::uint64_t seed) {
  Random random(seed);
  LearningSequence sequence;
  api::Model& model = sequence.model;
  const bool deep = random.between(0, 2) > 0;
  const int bits = deep ? 1 << random.between(0, 2) : 1;
  const Shape shape{random.between(1, 6), random.between(1, 6), random.between(1, 18)};
  Json input;
  input.set("input_shape", Json(Json::Array{Json(shape[0]), Json(shape[1]), Json(shape[2])}));
  input.set("input_bits", bits);
  added(model, "InputData", input);
  if (deep) addConvolution(model, random, bits);

  const std::int64_t inputs = model.outputShape().size();
  int classes = static_cast<int>(random.between(1, 4));
  Json dense;
  dense.set("units", classes * random.between(1, 9));
  dense.set("weights_bits", 1);
  dense.set("activation", random.between(0, 3) == 0);
  dense.set("act_bits", 1 << random.between(0, 2));
  added(model, "FullyConnected", dense);
  const auto share = [&] { return static_cast<float>(random.between(0, 20)) / 20.F; };
  const Status compiled = model.compile(api::AkidaUnsupervised(
      static_cast<int>(random.between(1, inputs)), classes,
      random.between(0, 1) == 0 ? 1.F : share(), share() / 2, share(), share(), random.next()));
  REQUIRE_MESSAGE(compiled.ok(), compiled.error().message);

  const std::int64_t calls = random.between(2, 6);
  for (std::int64_t i = 0; i < calls; ++i) {
    LearningCall call;
    if (random.between(0, 4) == 0) {
      call.addedClasses = static_cast<int>(random.between(1, 2));
      classes += call.addedClasses;
    } else {
      const std::int64_t n = random.between(0, 5);
      call.inputs = Tensor(DType::U8, Shape{n, shape[0], shape[1], shape[2]});
      const std::int64_t density = random.between(0, 10);
      for (std::uint8_t& v : call.inputs.as<std::uint8_t>()) {
        const bool on = random.between(0, 9) < density;
        v = static_cast<std::uint8_t>(on ? random.between(1, (1 << bits) - 1) : 0);
      }
      const std::int64_t labels = std::array{std::int64_t{0}, std::int64_t{1},
                                             n}[static_cast<std::size_t>(random.between(0, 2))];
      for (std::int64_t k = 0; k < labels; ++k) {
        call.labels.push_back(static_cast<int>(random.between(-1, classes)));
      }
      call.batchSize = static_cast<int>(random.between(0, 3));
    }
    sequence.calls.push_back(std::move(call));
  }
  return sequence;
}

Result<Tensor> play(api::Model& model, const LearningCall& call) {
  if (call.addedClasses == 0) return model.fit(call.inputs, call.labels, call.batchSize);
  GLINT_TRY(model.addClasses(call.addedClasses));
  return Tensor();
}

}  // namespace glint::test
