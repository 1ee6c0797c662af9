#include "nnets/layers/akida_transformer/extract_token.h"

#include <doctest/doctest.h>

#include "tests/nnets/layer_fixture.h"

namespace glint::test {

TEST_CASE("ExtractToken: the first axis that is not 1") {
  const auto layer = make("ExtractToken", R"("begin": 1, "end": 2)");
  CHECK(evaluate(*layer, {s8(1, 3, 2)}, {{1, 2, 3, 4, 5, 6}}) == std::vector<int>{3, 4});
  CHECK(evaluate(*layer, {s8(2, 1, 3)}, {{1, 2, 3, 4, 5, 6}}) == std::vector<int>{4, 5, 6});
  CHECK(evaluate(*layer, {s8(1, 1, 3)}, {{7, 8, 9}}) == std::vector<int>{8});
}

TEST_CASE("ExtractToken: without an end, to the last") {
  const auto layer = make("ExtractToken", R"("begin": 1, "end": null)");
  CHECK(evaluate(*layer, {s8(1, 3, 1)}, {{1, 2, 3}}) == std::vector<int>{2, 3});
  CHECK(typeOf(*make("ExtractToken"), {s8(1, 5, 8)}).shape == Shape{1, 5, 8});
}

TEST_CASE("ExtractToken: errors") {
  CHECK(errorOf(*make("ExtractToken", R"("begin": 3)"), {s8(1, 3, 1)}) ==
        "begin is 3, legal: 0 to less than the extent, which is 3");
  CHECK(errorOf(*make("ExtractToken", R"("begin": 1, "end": 1)"), {s8(1, 3, 1)}) ==
        "end is 1, legal: more than begin, to the extent, which is 3");
  CHECK(
      paramsError("ExtractToken", R"("end": "2")") ==
      "layer 'it' (ExtractToken): parameter 'end' is \"2\", legal: an integer of 32 bits or null");
}

}  // namespace glint::test
