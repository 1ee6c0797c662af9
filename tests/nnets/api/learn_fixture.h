#pragma once

#include "core/random.h"
#include "tests/nnets/api/fixture.h"

/// Short ways to make models that learn, and what they learn from.
namespace glint::test {

/// A map of `x` by `y` by `c` bits -> FullyConnected.
inline api::Model bits(int x, int y, int c, int units,
                       const std::string& more = "\"activation\": false") {
  api::Model model;
  REQUIRE(model
              .add(layerOf("InputData",
                           "\"input_shape\": [" + std::to_string(x) + ", " + std::to_string(y) +
                               ", " + std::to_string(c) + "], \"input_bits\": 1",
                           "in"))
              .ok());
  REQUIRE(model
              .add(layerOf("FullyConnected",
                           "\"units\": " + std::to_string(units) + ", \"weights_bits\": 1, " + more,
                           "learned"))
              .ok());
  return model;
}

inline Tensor samplesOf(Random& random, const Shape& shape, int percent = 30) {
  Tensor samples(DType::U8, shape);
  for (std::uint8_t& bit : samples.as<std::uint8_t>()) {
    bit = random.between(0, 99) < percent ? 1 : 0;
  }
  return samples;
}
/// With a competition of 0.1, and defaults.
inline api::AkidaUnsupervised optimizer(int numWeights, int numClasses = 1,
                                        std::uint64_t seed = 0) {
  return api::AkidaUnsupervised(numWeights, numClasses, 1.F, 0.1F, 0.1F, 0.25F, seed);
}

}  // namespace glint::test
