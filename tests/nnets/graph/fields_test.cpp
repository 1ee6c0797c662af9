#include "nnets/graph/fields.h"

#include <string>

#include <doctest/doctest.h>

#include "nnets/layers/akida/input_data.h"
#include "nnets/layers/akida_v2/conv2d.h"
#include "tests/nnets/layer_fixture.h"

namespace glint::test {

TEST_CASE("every layer type writes its parameters and reads them back") {
  for (const std::string_view type : layerTypes()) {
    CAPTURE(std::string(type));
    const std::unique_ptr<Layer> layer = makeLayer(type);
    REQUIRE(layer != nullptr);
    CHECK(layer->type() == type);
    const Json written = writeFields(*layer);
    const std::unique_ptr<Layer> again = makeLayer(type);
    CHECK(readFields(*again, written).ok());
    CHECK(writeFields(*again) == written);
    CHECK(layer->clone()->type() == type);
  }
  CHECK(makeLayer("Conv3D") == nullptr);
  CHECK(makeLayer("") == nullptr);
}

TEST_CASE("parameters are written under their names in files, in the order of declaration") {
  const auto layer = make("Conv2D", R"("filters": 2, "kernel_size": 3, "pool_type": "Max",
                                       "pool_size": 2, "activation": "LUT")");
  CHECK(writeFields(*layer).dump() ==
        R"({"filters":2,"kernel_size":3,"padding":"Same","kernel_stride":1,"pool_type":"Max",)"
        R"("pool_size":2,"pool_stride":-1,"activation":"LUT","output_bits":8,"buffer_bits":32,)"
        R"("post_op_buffer_bits":32,"weights_bits":8})");
}

TEST_CASE("a pair is a list of two integers") {
  const auto layer = make("Convolutional", R"("filters": 2, "kernel_size": [3, 5])");
  CHECK(holds(writeFields(*layer).dump(),
              {R"("kernel_size":[3,5])", R"("kernel_stride":[1,1])", R"("pool_size":[-1,-1])"}));
  for (const char* wrong : {"3", "[3]", "[3, 3, 3]", "[3, 1.5]", "[3, 4294967296]", "null"}) {
    CHECK(
        holds(paramsError("Convolutional", R"("filters": 2, "kernel_size": )" + std::string(wrong)),
              {"'kernel_size' is", "a list of two integers of 32 bits"}));
  }
}

TEST_CASE("an activation is a name or, as older files have it, a bool") {
  const auto activation = [](const char* params) {
    const auto layer = make("Conv2D", std::string(R"("filters": 1, "kernel_size": 1)") + params);
    return static_cast<akida::Conv2D&>(*layer).post.activation;
  };
  CHECK(activation("") == ActivationType::ReLU);
  CHECK(activation(R"(, "activation": true)") == ActivationType::ReLU);
  CHECK(activation(R"(, "activation": false)") == ActivationType::NoActivation);
  CHECK(activation(R"(, "activation": "NoActivation")") == ActivationType::NoActivation);
}

TEST_CASE("wrong parameters: layer, parameter, value and what is legal") {
  const auto error = [](const std::string& params) { return paramsError("Conv2D", params); };
  CHECK(error(R"("filters": 1)") ==
        "layer 'it' (Conv2D): parameter 'kernel_size' is missing; it has no default");
  CHECK(error(R"("filters": 1, "kernel_size": 3.0)") ==
        "layer 'it' (Conv2D): parameter 'kernel_size' is 3.0, legal: an integer of 32 bits");
  CHECK(holds(error(R"("filters": 4294967297, "kernel_size": 3)"), {"'filters' is 4294967297"}));
  CHECK(holds(error(R"("filters": [1], "kernel_size": 3)"), {"'filters' is [1]", "an integer"}));
  CHECK(error(R"("filters": 1, "kernel_size": 3, "padding": "same")") ==
        "layer 'it' (Conv2D): parameter 'padding' is \"same\", legal: Valid, Same");
  CHECK(holds(error(R"("filters": 1, "kernel_size": 3, "pool_type": 1)"),
              {"'pool_type' is 1", "NoPooling, Max, Average"}));
  CHECK(holds(error(R"("filters": 1, "kernel_size": 3, "activation": "relu")"),
              {"'activation' is \"relu\"", "NoActivation, ReLU, LUT"}));
  CHECK(holds(error(R"("filters": 1, "kernel_size": 3, "kernel_sise": 5)"),
              {"unknown parameter 'kernel_sise' (value 5)", "legal: filters, kernel_size, "}));
  CHECK(holds(paramsError("Concatenate", R"("axis": 2)"), {"'axis'", "legal: none"}));
  CHECK(holds(paramsError("InputData", R"("input_shape": [1, "2", 3])"),
              {"'input_shape'", "a list of integers"}));
  CHECK(holds(paramsError("InputData", R"("input_shape": [1, 2, 3], "input_signed": 1)"),
              {"'input_signed' is 1", "true or false"}));
}

TEST_CASE("params must be an object") {
  const auto layer = makeLayer("Concatenate");
  layer->name = "join";
  CHECK(readFields(*layer, Json(3)).error().message ==
        "layer 'join' (Concatenate): params is 3, legal: an object");
}

}  // namespace glint::test
