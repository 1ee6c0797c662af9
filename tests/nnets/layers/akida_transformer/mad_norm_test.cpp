#include "nnets/layers/akida_transformer/mad_norm.h"

#include <doctest/doctest.h>

#include "tests/nnets/layer_fixture.h"

namespace glint::test {

TEST_CASE("MadNorm: by the sum of magnitudes, quotients towards zero") {
  const auto layer = make("MadNorm");
  set(*layer, "gamma", DType::I8, Shape{2}, {103, -7});
  set(*layer, "beta", DType::I8, Shape{2}, {1, 0});
  // m = 4: 103 / 4 = 25, -7 / 4 = -1
  CHECK(evaluate(*layer, {s8(1, 1, 2)}, {{3, -1}}) == std::vector<int>{76, 1});
  CHECK(evaluate(*layer, {s8(1, 2, 2)}, {{0, 0, 1, 0}}) == std::vector<int>{1, 0, 104, 0});
}

TEST_CASE("MadNorm: |-128| is 128, and the sum saturates") {
  const auto layer = make("MadNorm", R"("output_bits": 16)");
  set(*layer, "gamma", DType::I8, Shape{1}, {1});
  set(*layer, "gamma_shift", DType::U8, Shape{1}, {7});
  CHECK(evaluate(*layer, {s8(1, 1, 1)}, {{-128}}) == std::vector<int>{-128});
  const auto small = make("MadNorm", R"("buffer_bits": 8)");
  set(*small, "gamma", DType::I8, Shape{2}, {127, 127});
  // |100| + |100| is 127 at most: 127 / 127 = 1
  CHECK(evaluate(*small, {s8(1, 1, 2)}, {{100, -100}}) == std::vector<int>{100, -100});
}

TEST_CASE("MadNorm: errors") {
  CHECK(holds(errorOf(*make("MadNorm"), {s8(1, 1, 2)}), {"'gamma'", "missing"}));
  CHECK(errorOf(*make("MadNorm", R"("buffer_bits": 33)"), {s8(1, 1, 1)}) ==
        "buffer_bits is 33, legal: 2 to 32");
}

}  // namespace glint::test
