#include "core/shape.h"

#include <doctest/doctest.h>

namespace glint {

TEST_CASE("a shape knows its extents") {
  const Shape shape{3, 4, 5};
  CHECK(shape.rank() == 3);
  CHECK(shape[0] == 3);
  CHECK(shape.back() == 5);
  CHECK(shape.size() == 60);
  CHECK(shape.toString() == "[3, 4, 5]");
}

TEST_CASE("rank 0 is a single element") {
  CHECK(Shape().size() == 1);
  CHECK(Shape().toString() == "[]");
  CHECK(Shape().rank() == 0);
}

TEST_CASE("an extent of 0 leaves nothing") { CHECK(Shape{3, 0, 5}.size() == 0); }

TEST_CASE("shapes grow up to the largest rank") {
  Shape shape;
  for (int i = 0; i < Shape::kMaxRank; ++i) shape.append(i + 1);
  CHECK(shape.rank() == Shape::kMaxRank);
  CHECK(shape.size() == 720);
  CHECK(shape == Shape{1, 2, 3, 4, 5, 6});
  shape[5] = 7;
  CHECK(shape.size() == 840);
}

TEST_CASE("shapes of different rank differ") {
  CHECK(Shape{3} != Shape{3, 1});
  CHECK(Shape{3, 0} != Shape{3});
  CHECK(Shape() != Shape{0});
  CHECK(Shape{3, 4} != Shape{4, 3});
}

TEST_CASE("a product beyond 32 bits is exact") {
  CHECK(Shape{1 << 20, 1 << 20, 1 << 20}.size() == std::int64_t{1} << 60);
}

}  // namespace glint
