#include "nnets/layers/akida_v2/depthwise_conv2d.h"

#include <string>

#include <doctest/doctest.h>

#include "tests/nnets/layer_fixture.h"

namespace glint::test {

TEST_CASE("DepthwiseConv2D flips its kernels and keeps channels apart") {
  const auto layer =
      make("DepthwiseConv2D", R"("kernel_size": 2, "activation": false, "output_bits": 16)");
  set(*layer, "weights", DType::I8, Shape{2, 2, 2, 1}, {1, 10, 2, 20, 3, 30, 4, 40});
  // One at (1, 1) of both channels; the border of a 2x2 kernel lies behind.
  const std::vector<int> input{0, 0, 0, 0, 0, 0, 1, 1};
  CHECK(evaluate(*layer, {s8(2, 2, 2)}, {input}) == std::vector<int>{1, 10, 2, 20, 3, 30, 4, 40});
}

TEST_CASE("DepthwiseConv2D: shapes, variables and multiply-accumulates") {
  const auto layer = make("DepthwiseConv2D", R"("kernel_size": 3, "kernel_stride": 2)");
  const std::vector<TensorType> input{s8(8, 5, 6)};
  CHECK(typeOf(*layer, input) == s8(4, 3, 6));
  CHECK(layer->macs(input) == 4 * 3 * 9 * 6);
  const std::vector<VariableDecl> table = layer->variableTable(input);
  CHECK(table[0].shape == Shape{3, 3, 6, 1});
  CHECK(table[1].name == "bias");  // no input_shift
}

TEST_CASE("DepthwiseConv2D: illegal parameters are named") {
  const auto error = [](const std::string& params) {
    return errorOf(*make("DepthwiseConv2D", params), {s8(4, 4, 2)});
  };
  CHECK(error(R"("kernel_size": 3, "pool_type": "Average")") ==
        "pool_type is Average, legal: NoPooling, Max");
  CHECK(holds(error(R"("kernel_size": 5, "padding": "Valid")"), {"kernel_size is 5", "[4, 4, 2]"}));
  CHECK(holds(paramsError("DepthwiseConv2D", R"("kernel_size": 3, "filters": 3)"),
              {"unknown parameter 'filters'", "kernel_size"}));
}

}  // namespace glint::test
