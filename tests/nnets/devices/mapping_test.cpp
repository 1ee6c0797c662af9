#include "nnets/devices/mapping.h"

#include <doctest/doctest.h>

#include "nnets/passes/lower_model.h"

using namespace glint;

namespace {

/// The mapping of one dense layer with 8 pages of units and codes of `actBits` bits.
OpMapping mapDense(int actBits, int uniformVectors, Placement placement) {
  auto input = makeLayer("InputData");
  input->name = "in";
  REQUIRE(readFields(*input, *parseJson(R"({"input_shape":[1,1,8]})")).ok());
  auto dense = makeLayer("FullyConnected");
  dense->name = "dense";
  dense->inbounds = {"in"};
  REQUIRE(
      readFields(*dense, *parseJson(R"({"units":32,"act_bits":)" + std::to_string(actBits) + "}"))
          .ok());
  Model model;
  REQUIRE(model.add(std::move(input)).ok());
  REQUIRE(model.add(std::move(dense)).ok());
  const LoweredModel lowered = lowerModel(model, {}, {});
  DeviceLimits limits;
  limits.uniformVectors = uniformVectors;
  MappingOptions options;
  options.forcePlacement = true;
  options.placement = placement;
  const Mapping mapping =
      mapDefault(lowered.graph, lowered.proofs, std::vector<Readers>(lowered.graph.values.size()),
                 limits, options);
  return mapping.ops[0];
}

}  // namespace

TEST_CASE("the bounds of thresholds take their part of a program's uniforms") {
  // 8 weight vectors a target and 15 bounds; 48 vectors are set aside.
  CHECK(mapDense(4, 224, Placement::Uniform).targets() == 4);
  CHECK(mapDense(4, 48 + 3 * 23, Placement::Uniform).targets() == 3);
  CHECK(mapDense(4, 48 + 3 * 23 - 1, Placement::Uniform).targets() == 2);
  CHECK(mapDense(1, 48 + 3 * 23, Placement::Uniform).targets() == 4);
  // Too many for one target: the weights go into a texture.
  CHECK(mapDense(4, 48 + 22, Placement::Uniform).placement == Placement::Texture);
  CHECK(mapDense(4, 48 + 2 * 15, Placement::Texture).targets() == 2);
  CHECK(mapDense(4, 48 + 2 * 15 - 1, Placement::Texture).targets() == 1);
  CHECK(mapDense(4, 48, Placement::Texture).targets() == 1);
  // Literals are not counted.
  CHECK(mapDense(4, 48, Placement::Inline).targets() == 4);
}
