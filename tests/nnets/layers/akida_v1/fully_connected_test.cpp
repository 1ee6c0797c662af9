#include "nnets/layers/akida_v1/fully_connected.h"

#include <string>

#include <doctest/doctest.h>

#include "tests/nnets/layer_fixture.h"

namespace glint::test {
namespace {

TensorType u4(std::int64_t x, std::int64_t y, std::int64_t c) { return unsignedOf(4, x, y, c); }

}  // namespace

TEST_CASE("FullyConnected reads the map column by column: number x + X*(y + Y*c)") {
  // Unit n is the input n: the outputs list the inputs in the order of the weights.
  const auto layer = make("FullyConnected", R"("units": 12, "weights_bits": 1,
                                               "activation": false)");
  std::vector<int> identity(144, 0);
  for (std::size_t n = 0; n < 12; ++n) identity[n * 13] = 1;
  set(*layer, "weights", DType::I8, Shape{1, 1, 12, 12}, identity);
  // [x][y][c] = 0 .. 11 of a map of 2, 3 and 2.
  std::vector<int> inputs;
  for (int i = 0; i < 12; ++i) inputs.push_back(i);
  CHECK(evaluate(*layer, {u4(2, 3, 2)}, {inputs}) ==
        std::vector<int>{0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11});
}

TEST_CASE("FullyConnected: sums of all inputs, then the activation by unit") {
  const auto layer = make("FullyConnected", R"("units": 2, "weights_bits": 4, "act_bits": 4)");
  set(*layer, "weights", DType::I8, Shape{1, 1, 3, 2}, {1, -8, 2, 7, 3, 7});
  set(*layer, "threshold", DType::I32, Shape{2}, {4, -100});
  setFloats(*layer, "act_step", {0.5F, 40.F});
  // 1 + 2 + 6 is 5 above 4, ten steps; -8 + 7 + 14 is 113 above -100, in the third step.
  CHECK(evaluate(*layer, {u4(1, 1, 3)}, {{1, 1, 2}}) == std::vector<int>{10, 3});
  CHECK(evaluate(*layer, {u4(1, 1, 3)}, {{15, 0, 2}}) == std::vector<int>{15, 0});
}

TEST_CASE("FullyConnected: types, work, extents") {
  const auto layer = make("FullyConnected", R"("units": 7)");
  const std::vector<TensorType> input{unsignedOf(1, 2, 3, 5)};
  CHECK(typeOf(*layer, input) == unsignedOf(1, 1, 1, 7));
  CHECK(layer->macs(input) == 30 * 7);
  CHECK_FALSE(layer->fullyConvolutional());
  CHECK(layer->ipVersion() == IpVersion::V1);
}

TEST_CASE("FullyConnected: illegal parameters and variables are named") {
  const auto error = [](const std::string& params) {
    return errorOf(*make("FullyConnected", params), {u4(4, 6, 2)});
  };
  CHECK(error("\"units\": 0") == "units is 0, legal: 1 to 65536");
  CHECK(error(R"("units": 1, "act_bits": 8)") == "act_bits is 8, legal: 1, 2, 4");
  CHECK(errorOf(*make("FullyConnected", "\"units\": 1"), {u8(4, 6, 2)}) ==
        "the input is uint8 [4, 6, 2], legal: integers of 1, 2 or 4 bits");
  CHECK(holds(paramsError("FullyConnected", "\"act_bits\": 1"), {"'units' is missing"}));
  CHECK(holds(paramsError("FullyConnected", R"("units": 1, "pool_type": "Max")"),
              {"unknown parameter 'pool_type'", "units, weights_bits, activation, act_bits"}));
  const auto layer = make("FullyConnected", "\"units\": 2");
  set(*layer, "weights", DType::I8, Shape{1, 1, 48, 1}, std::vector<int>(48, 0));
  CHECK(holds(errorOf(*layer, {u4(4, 6, 2)}), {"[1, 1, 48, 1], legal: [1, 1, 48, 2]"}));
}

}  // namespace glint::test
