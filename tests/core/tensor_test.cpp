#include "core/tensor.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace glint {
namespace {

constexpr DType kIntegers[] = {DType::U8,  DType::I8,  DType::U16, DType::I16,
                               DType::U32, DType::I32, DType::I64};

Tensor wide(const std::vector<std::int64_t>& values) {
  const Shape shape{static_cast<std::int64_t>(values.size())};
  return Tensor::of(shape, values);
}

/// The least and the greatest value of a type, written down and not computed.
struct Range {
  DType type;
  std::int64_t lo;
  std::int64_t hi;
};
constexpr Range kRanges[] = {{DType::U8, 0, 255},         {DType::I8, -128, 127},
                             {DType::U16, 0, 65535},      {DType::I16, -32768, 32767},
                             {DType::U32, 0, 4294967295}, {DType::I32, -2147483648, 2147483647}};

template <typename T>
void checkElements(DType type) {
  const std::vector<T> values = {std::numeric_limits<T>::min(), 0, 1,
                                 std::numeric_limits<T>::max()};
  const Tensor tensor = Tensor::of(Shape{2, 2}, values);
  CHECK(tensor.type() == type);
  CHECK(tensor.size() == 4);
  CHECK(tensor.bytes().size() == 4 * byteSize(type));
  for (std::size_t i = 0; i < values.size(); ++i) {
    CHECK(tensor.as<T>()[i] == values[i]);
    CHECK(tensor.integer(static_cast<std::int64_t>(i)) == static_cast<std::int64_t>(values[i]));
  }
}

}  // namespace

TEST_CASE("elements of every integer type") {
  checkElements<std::uint8_t>(DType::U8);
  checkElements<std::int8_t>(DType::I8);
  checkElements<std::uint16_t>(DType::U16);
  checkElements<std::int16_t>(DType::I16);
  checkElements<std::uint32_t>(DType::U32);
  checkElements<std::int32_t>(DType::I32);
  checkElements<std::int64_t>(DType::I64);
}

TEST_CASE("types have a size, a name and a kind") {
  CHECK(byteSize(DType::U8) == 1);
  CHECK(byteSize(DType::I16) == 2);
  CHECK(byteSize(DType::F32) == 4);
  CHECK(byteSize(DType::F64) == 8);
  CHECK(name(DType::U8) == "uint8");
  CHECK(name(DType::F32) == "float32");
  CHECK(isInteger(DType::I64));
  CHECK_FALSE(isInteger(DType::F32));
  CHECK_FALSE(isInteger(DType::F64));
}

TEST_CASE("a new tensor is zero, an empty one has no bytes") {
  const Tensor zero(DType::I32, Shape{3});
  for (std::int64_t i = 0; i < 3; ++i) CHECK(zero.integer(i) == 0);
  CHECK(Tensor().size() == 0);
  CHECK(Tensor().bytes().empty());
  CHECK(Tensor(DType::F64, Shape{4, 0}).bytes().empty());
  CHECK(Tensor(DType::F64, Shape()).bytes().size() == 8);
}

TEST_CASE("equality compares type, shape and elements") {
  const std::vector<std::uint8_t> values = {1, 2, 3, 4};
  const Tensor a = Tensor::of(Shape{4}, values);
  CHECK(a == Tensor::of(Shape{4}, values));
  CHECK(a != Tensor::of(Shape{2, 2}, values));
  CHECK(a != Tensor::of(Shape{4}, std::vector<std::int8_t>{1, 2, 3, 4}));
  CHECK(a != Tensor::of(Shape{4}, std::vector<std::uint8_t>{1, 2, 3, 5}));
}

TEST_CASE("reshaping keeps the elements") {
  const Tensor a = wide({1, 2, 3, 4, 5, 6});
  const Tensor b = a.reshaped(Shape{2, 3});
  CHECK(b.shape() == Shape{2, 3});
  CHECK(b.integer(5) == 6);
  CHECK(a.shape() == Shape{6});
  CHECK(b.reshaped(Shape{6}) == a);
}

TEST_CASE("conversion keeps the ends of every range and refuses one beyond") {
  for (const Range& range : kRanges) {
    CAPTURE(name(range.type));
    const Result<Tensor> fits = convertIntegers(wide({range.lo, range.hi}), range.type);
    REQUIRE(fits.ok());
    CHECK(fits->type() == range.type);
    CHECK(fits->integer(0) == range.lo);
    CHECK(fits->integer(1) == range.hi);
    for (const std::int64_t beyond : {range.lo - 1, range.hi + 1}) {
      const Result<Tensor> fails = convertIntegers(wide({0, 0, beyond}), range.type);
      REQUIRE_FALSE(fails.ok());
      CHECK(fails.error().code == Errc::Value);
      CHECK(fails.error().message == "value " + std::to_string(beyond) +
                                         " at element 2 does not fit " +
                                         std::string(name(range.type)));
    }
  }
}

TEST_CASE("conversion between any two types keeps values that both hold") {
  for (const DType from : kIntegers) {
    const Result<Tensor> source = convertIntegers(wide({0, 1, 100, 127}), from);
    REQUIRE(source.ok());
    for (const DType to : kIntegers) {
      const Result<Tensor> target = convertIntegers(*source, to);
      REQUIRE(target.ok());
      CHECK(target->type() == to);
      for (std::int64_t i = 0; i < 4; ++i) CHECK(target->integer(i) == source->integer(i));
    }
  }
}

TEST_CASE("conversion to 64 bits and back is exact at the ends") {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  const Tensor ends = wide({kLeast, std::numeric_limits<std::int64_t>::max()});
  CHECK(*convertIntegers(ends, DType::I64) == ends);
  CHECK_FALSE(convertIntegers(wide({kLeast}), DType::U32).ok());
}

TEST_CASE("elements can be set in every type") {
  for (const DType type : kIntegers) {
    Tensor tensor(type, Shape{2});
    setElement(tensor, 1, 127);
    CHECK(tensor.integer(0) == 0);
    CHECK(tensor.integer(1) == 127);
  }
  Tensor single(DType::F32, Shape{1});
  setElement(single, 0, -3);
  CHECK(single.as<float>()[0] == -3.F);
  Tensor real(DType::F64, Shape{1});
  setElement(real, 0, 1 << 20);
  CHECK(real.as<double>()[0] == 1048576.0);
}

TEST_CASE("floating point is no integer") {
  const Tensor floats(DType::F32, Shape{1});
  CHECK(convertIntegers(floats, DType::I32).error().code == Errc::Type);
  CHECK(convertIntegers(wide({1}), DType::F64).error().code == Errc::Type);
  CHECK(convertIntegers(floats, DType::F32).error().code == Errc::Type);
}

}  // namespace glint
