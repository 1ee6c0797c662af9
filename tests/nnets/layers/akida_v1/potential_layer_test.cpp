// What all Akida V1 layers share: activation, predict, limits. Shown on a 1x1 convolution with one
// weight of 1, whose potential is its input.

#include "nnets/layers/akida_v1/potential_layer.h"

#include <cmath>
#include <limits>
#include <string>

#include <doctest/doctest.h>

#include "core/random.h"
#include "nnets/layers/akida_v1/potential_layer_lower.h"
#include "tests/nnets/layer_fixture.h"

namespace glint::test {
namespace {

const TensorType kInput = unsignedOf(4, 1, 16, 1);

std::unique_ptr<Layer> identity(const std::string& params, int threshold, float step) {
  auto layer = make("Convolutional", R"("filters": 1, "kernel_size": [1, 1], )" + params);
  set(*layer, "weights", DType::I8, Shape{1, 1, 1, 1}, {1});
  set(*layer, "threshold", DType::I32, Shape{1}, {threshold});
  setFloats(*layer, "act_step", {step});
  return layer;
}

/// The codes of potentials 0 to 15.
std::vector<int> codes(const std::string& params, int threshold, float step) {
  std::vector<int> inputs;
  for (int i = 0; i < 16; ++i) inputs.push_back(i);
  return evaluate(*identity(params, threshold, step), {kInput}, {inputs});
}

}  // namespace

TEST_CASE("activation in 4 bits: T + n*s < p <= T + (n+1)*s gives n + 1") {
  CHECK(codes(R"("act_bits": 4)", 2, 1.5F) ==
        std::vector<int>{0, 0, 0, 1, 2, 2, 3, 4, 4, 5, 6, 6, 7, 8, 8, 9});
  // A potential on a boundary belongs to the code below.
  CHECK(codes(R"("act_bits": 4)", 0, 1.F) ==
        std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
  // Below a negative threshold codes begin before 0, and end at 15.
  CHECK(codes(R"("act_bits": 4)", -3, 1.F) ==
        std::vector<int>{3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 15, 15, 15});
}

TEST_CASE("activation in 2 bits has steps four times as long, in 1 bit none") {
  CHECK(codes(R"("act_bits": 2)", 2, 1.F) ==
        std::vector<int>{0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3});
  CHECK(codes(R"("act_bits": 1)", 2, 1.F) ==
        std::vector<int>{0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1});
  CHECK(codes("\"act_bits\": 1", 2, 1e30F) == codes("\"act_bits\": 1", 2, 1e-30F));
}

TEST_CASE("extreme steps: a huge one stays at 1, a tiny one jumps to the top") {
  const std::vector<int> one = codes(R"("act_bits": 4)", 13, 3e38F);
  CHECK(one == std::vector<int>{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1});
  const std::vector<int> top =
      codes(R"("act_bits": 4)", 13, std::numeric_limits<float>::denorm_min());
  CHECK(top == std::vector<int>{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 15, 15});
}

TEST_CASE("absent variables: threshold 0, act_step 1, weights 0") {
  auto layer = identity(R"("act_bits": 4)", 0, 1.F);
  layer->variables.erase("threshold");
  layer->variables.erase("act_step");
  CHECK(evaluate(*layer, {unsignedOf(4, 1, 2, 1)}, {{3, 15}}) == std::vector<int>{3, 15});
  layer->variables.clear();
  CHECK(evaluate(*layer, {unsignedOf(4, 1, 2, 1)}, {{3, 15}}) == std::vector<int>{0, 0});
}

TEST_CASE("without activation the output is the potential, and predict takes T off and divides") {
  const auto layer = identity(R"("activation": false)", 2, 0.1F);
  CHECK_FALSE(layer->hasActivation());
  CHECK(identity(R"("activation": true)", 2, 0.1F)->hasActivation());
  const std::vector<TensorType> input{unsignedOf(4, 1, 2, 1)};
  CHECK(typeOf(*layer, input).dtype() == DType::I32);
  CHECK(evaluate(*layer, input, {{0, 15}}) == std::vector<int>{0, 15});
  const Tensor predicted = layer->predicted(tensorOf(DType::I32, Shape{1, 3, 1}, {0, 15, 2}));
  CHECK(predicted == Tensor::of<float>(Shape{1, 3, 1}, {-2.F / 0.1F, 13.F / 0.1F, 0.F}));
  // One rounding of the difference, to even, then one division.
  const Tensor wide = identity("\"activation\": false", -1, 3.F)
                          ->predicted(tensorOf(DType::I32, Shape{1}, {16777216}));
  CHECK(wide.as<float>()[0] == 16777216.F / 3.F);
}

TEST_CASE("integer boundaries say what the activation says") {
  Random random(11);
  int between = 0;
  for (int trial = 0; trial < 4000; ++trial) {
    const int bits = 1 << random.between(0, 2);
    const auto mantissa = static_cast<float>(random.between(1 << 23, (1 << 24) - 1));
    const float step = std::ldexp(mantissa, static_cast<int>(random.between(-30, 8)) - 23);
    // A threshold such that some boundary lies among the potentials 0 to 15.
    const double s = std::ldexp(static_cast<double>(step), 4 - bits);
    const auto reached = static_cast<double>(random.between(0, (1 << bits) - 2));
    const auto threshold = static_cast<int>(8 - std::floor(std::min(reached * s, 2e9)));
    const std::vector<int> got = codes("\"act_bits\": " + std::to_string(bits), threshold, step);
    for (int p = 0; p < 16; ++p) {
      int count = 0;
      for (int code = 1; code < 1 << bits; ++code) {
        count += p >= akida::codeBoundary(threshold, step, bits, code);
      }
      REQUIRE(count == got[static_cast<std::size_t>(p)]);
      between += count > 0 && count < (1 << bits) - 1;
    }
  }
  CHECK(between > 5000);
}

TEST_CASE("boundaries beyond int32 are one that no potential reaches") {
  constexpr std::int64_t kBeyond = std::int64_t{1} << 31;
  CHECK(akida::codeBoundary(2147483647, 1.F, 1, 1) == kBeyond);
  CHECK(akida::codeBoundary(-2147483647 - 1, 3e38F, 4, 15) == kBeyond);
  CHECK(akida::codeBoundary(-2147483647 - 1, 1.F, 4, 15) == -2147483647 - 1 + 15);
  CHECK(akida::codeBoundary(0, std::numeric_limits<float>::denorm_min(), 4, 15) == 1);
  // 14 * 1.1 in exact arithmetic, of the float32 nearest to 1.1: 15.4000003.
  CHECK(akida::codeBoundary(0, 1.1F, 4, 15) == 16);
}

TEST_CASE("widths and steps that are not legal are named") {
  const auto error = [](const std::string& params) {
    return errorOf(*identity(params, 0, 1.F), {kInput});
  };
  CHECK(error("\"act_bits\": 3") == "act_bits is 3, legal: 1, 2, 4");
  CHECK(error("\"weights_bits\": 8") == "weights_bits is 8, legal: 1, 2, 4");
  const auto step = [](float value) {
    return errorOf(*identity("\"act_bits\": 4", 0, value), {kInput});
  };
  CHECK(step(1e-45F).empty());
  CHECK(step(0.F) ==
        "layer 'it' (Convolutional): variable 'act_step' element 0 is 0, legal: above 0");
  CHECK(holds(step(-2.5F), {"'act_step' element 0 is -2.5", "above 0"}));
  CHECK(holds(step(std::numeric_limits<float>::infinity()), {"'act_step' element 0", "finite"}));
  CHECK(holds(step(std::numeric_limits<float>::quiet_NaN()), {"'act_step' element 0", "finite"}));
}

TEST_CASE("weights of 1 bit are 0 and 1, wider ones two's complement") {
  const auto error = [](int bits, int weight) {
    auto layer = identity("\"weights_bits\": " + std::to_string(bits), 0, 1.F);
    set(*layer, "weights", DType::I8, Shape{1, 1, 1, 1}, {weight});
    return errorOf(*layer, {kInput});
  };
  for (const auto& [bits, lo, hi] : {std::tuple{1, 0, 1}, {2, -2, 1}, {4, -8, 7}}) {
    CHECK(error(bits, lo).empty());
    CHECK(error(bits, hi).empty());
    const std::string legal = "legal: " + std::to_string(lo) + " to " + std::to_string(hi);
    CHECK(holds(error(bits, lo - 1), {"'weights' element 0", legal}));
    CHECK(holds(error(bits, hi + 1), {"'weights' element 0", legal}));
  }
}

TEST_CASE("only inputs of 1, 2 and 4 bits are read, of either sign") {
  const auto layer = identity("\"act_bits\": 4", 0, 1.F);
  for (const int bits : {1, 2, 4}) {
    CHECK(errorOf(*layer, {unsignedOf(bits, 1, 16, 1)}).empty());
    CHECK(errorOf(*layer, {TensorType{Shape{1, 16, 1}, bits, true, false}}).empty());
  }
  CHECK(errorOf(*layer, {u8(1, 16, 1)}) ==
        "the input is uint8 [1, 16, 1], legal: integers of 1, 2 or 4 bits");
  CHECK_FALSE(errorOf(*layer, {unsignedOf(3, 1, 16, 1)}).empty());
  CHECK_FALSE(errorOf(*layer, {TensorType{Shape{1, 16, 1}, 32, true, false}}).empty());
  CHECK_FALSE(errorOf(*layer, {TensorType{Shape{1, 16, 1}, 32, true, true}}).empty());
}

TEST_CASE("a potential that can leave int32 is refused, the one that just fits is not") {
  const auto error = [](int x, int y, int weight) {
    const auto layer = make("InputConvolutional",
                            "\"input_shape\": [" + std::to_string(x) + ", " + std::to_string(y) +
                                R"(, 1], "filters": 2, "kernel_size": [1, 1], "weights_bits": 8,
                                "pool_type": "Average")");
    set(*layer, "weights", DType::I8, Shape{1, 1, 1, 2}, {0, weight});
    return errorOf(*layer, {u8(x, y, 1)});
  };
  CHECK(
      error(300, 300, -128) ==
      "layer 'it' (InputConvolutional): the potential of filter 1 can reach 2937600000 (|weights| "
      "sum to 128, inputs reach 255, 90000 positions), legal: at most 2147483647");
  CHECK(error(300, 300, 93).empty());  // 2134350000
  CHECK_FALSE(error(300, 300, 94).empty());
  // 255 * 8421504 = 2147483520: 127 below the limit.
  CHECK(error(2048, 4112, 1).empty());
  CHECK_FALSE(error(2048, 4113, 1).empty());
}

}  // namespace glint::test
