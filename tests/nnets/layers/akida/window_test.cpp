#include "nnets/layers/akida/window.h"

#include <doctest/doctest.h>

namespace glint::akida {

TEST_CASE("windows over an axis, as TensorFlow places them") {
  CHECK(windowCount(7, 3, 1, Padding::Valid) == 5);
  CHECK(windowCount(7, 3, 2, Padding::Valid) == 3);
  CHECK(windowCount(8, 3, 2, Padding::Valid) == 3);
  CHECK(windowCount(3, 3, 2, Padding::Valid) == 1);
  CHECK(windowCount(2, 3, 1, Padding::Valid) == 0);
  CHECK(windowCount(7, 3, 2, Padding::Same) == 4);
  CHECK(windowCount(8, 3, 2, Padding::Same) == 4);
  CHECK(windowCount(1, 7, 3, Padding::Same) == 1);
}

TEST_CASE("the border before an axis is the smaller half") {
  CHECK(borderBefore(7, 3, 1, Padding::Valid) == 0);
  CHECK(borderBefore(7, 3, 1, Padding::Same) == 1);
  CHECK(borderBefore(8, 3, 2, Padding::Same) == 0);  // one in all, behind
  CHECK(borderBefore(7, 3, 2, Padding::Same) == 1);
  CHECK(borderBefore(8, 5, 2, Padding::Same) == 1);  // three in all
  CHECK(borderBefore(5, 2, 1, Padding::Same) == 0);
  CHECK(borderBefore(5, 1, 2, Padding::Same) == 0);  // a kernel smaller than its stride
  CHECK(borderBefore(4, 1, 2, Padding::Same) == 0);
}

TEST_CASE("pairs and lists of legal values") {
  CHECK(checkPair("size", {1, 9}, 1, 9).ok());
  CHECK(checkPair("size", {0, 3}, 1, 9).error().message == "size is [0, 3], legal: two of 1 to 9");
  CHECK_FALSE(checkPair("size", {3, 10}, 1, 9).ok());
  CHECK(checkOneOf("bits", 4, {1, 2, 4}).ok());
  CHECK(checkOneOf("bits", 3, {1, 2, 4}).error().message == "bits is 3, legal: 1, 2, 4");
}

TEST_CASE("ranges and shapes") {
  CHECK(checkRange("bits", 8, 1, 8).ok());
  CHECK(checkRange("bits", 9, 1, 8).error().message == "bits is 9, legal: 1 to 8");
  CHECK(checkShape("a map", Shape{1, 65536, 3}).ok());
  CHECK_FALSE(checkShape("a map", Shape{1, 65537, 3}).ok());
  CHECK_FALSE(checkShape("a map", Shape{0, 1, 1}).ok());
  CHECK_FALSE(checkShape("a map", Shape{65536, 65536, 65536}).ok());
  CHECK(checkShape("a map", Shape{65536, 65536, 1}).error().message ==
        "a map has shape [65536, 65536, 1], legal: less than 2^31 elements");
}

}  // namespace glint::akida
