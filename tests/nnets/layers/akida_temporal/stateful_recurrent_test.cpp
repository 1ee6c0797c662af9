#include "nnets/layers/akida_temporal/stateful_recurrent.h"

#include <string>

#include <doctest/doctest.h>

#include "tests/nnets/layer_fixture.h"

namespace glint::test {
namespace {

/// One channel in, one state, one out, all projections 1; A = (real, imag) * 2^-`right`.
std::unique_ptr<Layer> oneState(int real, int imag, int right,
                                const std::string& params = R"(, "output_bits": 16)") {
  auto layer = make("StatefulRecurrent",
                    R"("stateful_channels": 1, "output_channels": 1,
                       "activation": "NoActivation")" +
                        params);
  set(*layer, "in_proj", DType::I8, Shape{1, 1}, {1});
  set(*layer, "out_proj", DType::I8, Shape{1, 1}, {1});
  set(*layer, "A_real", DType::I16, Shape{1}, {real});
  set(*layer, "A_imag", DType::I16, Shape{1}, {imag});
  set(*layer, "internal_state_outputs_shift", DType::I8, Shape{1}, {-right});
  set(*layer, "new_state_shift", DType::I8, Shape{1}, {right});
  return layer;
}

std::vector<int> stateOf(const LayerState& state, const std::string& name) {
  std::vector<int> values;
  const Tensor& tensor = state.at(name);
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    values.push_back(static_cast<int>(tensor.integer(i)));
  }
  return values;
}

using Ints = std::vector<int>;

}  // namespace

TEST_CASE("StatefulRecurrent: both parts follow from the old ones, and round half up") {
  const auto layer = oneState(1, 2, 1);  // A = 1/2 + i
  LayerState state;
  const std::vector<TensorType> in{s8(1, 3, 1)};
  // (5, 0); (5/2, 5) -> (3, 5); (3/2 - 5, 3 + 5/2) = (-7/2, 11/2) -> (-3, 6)
  CHECK(evaluate(*layer, in, {{5, 0, 0}}, state) == Ints{5, 3, -3});
  CHECK(stateOf(state, "real") == Ints{-3});
  CHECK(stateOf(state, "imag") == Ints{6});
  // It lives on: (-3/2 - 6 + 1, -3 + 3) = (-13/2, 0) -> (-6, 0); -3, -6; ...
  CHECK(evaluate(*layer, {s8(1, 1, 1)}, {{1}}, state) == Ints{-6});
  CHECK(stateOf(state, "imag") == Ints{0});
  state.clear();
  CHECK(evaluate(*layer, in, {{5, 0, 0}}, state) == Ints{5, 3, -3});
}

TEST_CASE("StatefulRecurrent: of every subsample steps of a call the last one's state is seen") {
  LayerState state;
  const auto layer = oneState(1, 0, 0, R"(, "output_bits": 16, "subsample": 2)");  // a running sum
  CHECK(evaluate(*layer, {s8(1, 4, 1)}, {{1, 2, 3, 4}}, state) == Ints{3, 10});
  CHECK(evaluate(*layer, {s8(1, 2, 1)}, {{5, 6}}, state) == Ints{21});
}

TEST_CASE("StatefulRecurrent saturates inputs, sums, products, the turn and the state") {
  LayerState state;
  const std::vector<TensorType> in{s8(1, 1, 1)};
  auto layer = oneState(1, 0, 0, R"(, "internal_state_bits": 8)");
  CHECK(evaluate(*layer, in, {{100}}, state) == Ints{100});
  CHECK(evaluate(*layer, in, {{100}}, state) == Ints{127});
  state.clear();
  set(*layer, "input_shift", DType::U8, Shape{1}, {30});
  set(*layer, "new_state_shift", DType::I8, Shape{1}, {-25});
  // 1 << 30 saturates to 2^27 - 1; with 1/2, and 1 << 25 for a unit, that rounds to 4.
  CHECK(evaluate(*layer, in, {{1}}, state) == Ints{4});
  // The turn saturates by itself before u is added: 3000 -> 2047; - 1000, not 2000.
  layer = oneState(30, 0, 0, R"(, "post_op_buffer_bits": 12, "output_bits": 12)");
  state.clear();
  CHECK(evaluate(*layer, in, {{100}}, state) == Ints{100});
  set(*layer, "new_state_scale", DType::U8, Shape{1}, {10});
  CHECK(evaluate(*layer, in, {{-100}}, state) == Ints{1047});
  // So do the scaled projection, and what its shift makes of it.
  state.clear();
  set(*layer, "new_state_scale", DType::U8, Shape{1}, {100});
  set(*layer, "new_state_shift", DType::I8, Shape{1}, {-1});
  CHECK(evaluate(*layer, in, {{100}}, state) == Ints{1024});
  state.clear();
  set(*layer, "new_state_shift", DType::I8, Shape{1}, {1});
  CHECK(evaluate(*layer, in, {{-100}}, state) == Ints{-2048});
}

TEST_CASE("StatefulRecurrent: shapes, state, variables, multiply-accumulates") {
  const auto layer =
      make("StatefulRecurrent", R"("stateful_channels": 3, "output_channels": 5, "subsample": 2)");
  const std::vector<TensorType> input{s8(1, 6, 7)};
  CHECK(typeOf(*layer, input) == s8(1, 3, 5));
  CHECK(layer->macs(input) == 6 * (7 * 3 + 4 * 3) + 3 * 3 * 5);
  const std::vector<StateDecl> state = layer->stateTable(input);
  REQUIRE(state.size() == 2);
  CHECK(state[0].name == "imag");
  CHECK(state[1].name == "real");
  CHECK(state[1].type == TensorType{Shape{3}, 16, true, false});
  const auto& typed = static_cast<const akida::StatefulRecurrent&>(*layer);
  CHECK(typed.post.bufferBits == 28);
  CHECK(typed.post.postOpBufferBits == 32);
  CHECK(typed.hasActivation());
}

TEST_CASE("StatefulRecurrent: illegal parameters, shapes and variables are named") {
  const auto error = [](const std::string& params, const TensorType& in) {
    return errorOf(
        *make("StatefulRecurrent", R"("stateful_channels": 2, "output_channels": 1)" + params),
        {in});
  };
  CHECK(error(R"(, "subsample": 4)", s8(1, 6, 2)) ==
        "the input has 6 steps, legal: a multiple of subsample, which is 4");
  CHECK(error("", s8(2, 6, 2)) == "the input has shape [2, 6, 2], legal: [1, steps, channels]");
  CHECK(error(R"(, "subsample": 0)", s8(1, 6, 2)) == "subsample is 0, legal: 1 to 65536");
  CHECK(error(R"(, "internal_state_bits": 33)", s8(1, 6, 2)) ==
        "internal_state_bits is 33, legal: 2 to 32");
  CHECK(error(R"(, "activation": "LUT")", s8(1, 6, 2)) ==
        "activation is LUT, legal: NoActivation, ReLU");
  CHECK(holds(error("", s8(1, 6, 2)), {"'in_proj' is missing", "int8 [2, 2]"}));
  const auto layer = oneState(1, 0, 0);
  set(*layer, "A_imag", DType::I8, Shape{1}, {1});
  CHECK(holds(errorOf(*layer, {s8(1, 1, 1)}), {"'A_imag' is int8, legal: int16"}));
  CHECK(holds(paramsError("StatefulRecurrent", R"("stateful_channels": 2)"), {"output_channels"}));
}

}  // namespace glint::test
