#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "nnets/api/model.h"
#include "tests/nnets/layer_fixture.h"

/// Short ways to build models of the Akida interface.
namespace glint::test {

/// A layer; `parameters` are the members of a JSON object, without braces.
inline api::Layer layerOf(std::string_view type, const std::string& parameters = "",
                          const std::string& name = "") {
  Result<Json> json = parseJson("{" + parameters + "}");
  REQUIRE(json.ok());
  Result<api::Layer> layer = api::Layer::create(type, *json, name);
  REQUIRE_MESSAGE(layer.ok(), layer.error().message);
  return *layer;
}

/// An InputData of two 4-bit channels.
inline api::Layer input4(const std::string& name = "in", int x = 3, int y = 2) {
  return layerOf("InputData",
                 "\"input_shape\": [" + std::to_string(x) + ", " + std::to_string(y) + ", 2]",
                 name);
}

/// Sets a variable that must be legal.
inline void setInts(api::Layer& layer, const std::string& variableName, DType type, Shape shape,
                    const std::vector<int>& values) {
  const Status status = layer.setVariable(variableName, tensorOf(type, shape, values));
  REQUIRE_MESSAGE(status.ok(), status.error().message);
}

/// Two 4-bit inputs a position -> FullyConnected of `units` without activation, whose potentials
/// are the first inputs: unit u is input u (column-major).
inline api::Model firstInputs(int units, const std::string& more = "\"activation\": false") {
  api::Model model;
  REQUIRE(model.add(input4()).ok());
  api::Layer dense =
      layerOf("FullyConnected", "\"units\": " + std::to_string(units) + ", " + more, "dense");
  REQUIRE(model.add(dense).ok());
  std::vector<int> weights(static_cast<std::size_t>(12 * units), 0);
  for (int u = 0; u < units; ++u) weights[static_cast<std::size_t>(u * units + u)] = 1;
  setInts(dense, "weights", DType::I8, Shape{1, 1, 12, units}, weights);
  return model;
}

/// The error of a Status or Result, which must have one.
template <typename T>
Error errorIn(const T& result) {
  REQUIRE_FALSE(result.ok());
  return result.error();
}

}  // namespace glint::test
