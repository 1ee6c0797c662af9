#include "nnets/layers/akida_v2/concatenate.h"

#include <doctest/doctest.h>

#include "tests/nnets/layer_fixture.h"

namespace glint::test {

TEST_CASE("Concatenate joins channels at every position") {
  const auto layer = make("Concatenate");
  CHECK(evaluate(*layer, {s8(1, 2, 2), s8(1, 2, 1), s8(1, 2, 1)}, {{1, 2, 5, 6}, {3, 7}, {4, 8}}) ==
        std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8});
}

TEST_CASE("Concatenate: inputs of one extent, width and sign") {
  const auto layer = make("Concatenate");
  CHECK(layer->arity().least == 2);
  CHECK(typeOf(*layer, {u8(3, 4, 5), u8(3, 4, 7)}) == u8(3, 4, 12));
  CHECK(errorOf(*layer, {s8(3, 4, 5), s8(3, 5, 5)}) ==
        "the inputs are int8 [3, 4, 5] and int8 [3, 5, 5], legal: integers of one width, sign and "
        "extent");
  CHECK_FALSE(errorOf(*layer, {s8(3, 4, 5), u8(3, 4, 5)}).empty());
  CHECK_FALSE(errorOf(*layer, {s8(3, 4, 5), {Shape{3, 4, 5}, 4, true, false}}).empty());
  CHECK(holds(errorOf(*layer, {s8(1, 1, 40000), s8(1, 1, 40000)}), {"[1, 1, 80000]"}));
  set(*layer, "bias", DType::I8, Shape{1}, {0});
  CHECK(holds(errorOf(*layer, {s8(1, 1, 1), s8(1, 1, 1)}), {"'bias' is unknown", "legal: none"}));
}

}  // namespace glint::test
