#include "nnets/graph/tensor_type.h"

#include <doctest/doctest.h>

namespace glint {
namespace {

DType dtypeOf(int bits, bool isSigned) {
  return TensorType{Shape{1, 1, 1}, bits, isSigned, false}.dtype();
}

}  // namespace

TEST_CASE("the narrowest element type that holds the values") {
  CHECK(dtypeOf(1, false) == DType::U8);
  CHECK(dtypeOf(8, false) == DType::U8);
  CHECK(dtypeOf(9, false) == DType::I16);
  CHECK(dtypeOf(15, false) == DType::I16);
  CHECK(dtypeOf(16, false) == DType::I32);
  CHECK(dtypeOf(31, false) == DType::I32);
  CHECK(dtypeOf(4, true) == DType::I8);
  CHECK(dtypeOf(9, true) == DType::I16);
  CHECK(dtypeOf(16, true) == DType::I16);
  CHECK(dtypeOf(17, true) == DType::I32);
  CHECK(TensorType{Shape{1, 1, 1}, 32, true, true}.dtype() == DType::F32);
}

TEST_CASE("a type as text") {
  CHECK(TensorType{Shape{12, 11, 7}, 8, true, false}.toString() == "int8 [12, 11, 7]");
  CHECK(TensorType{Shape{1, 1, 7}, 4, false, false}.toString() == "uint4 [1, 1, 7]");
  CHECK(TensorType{Shape{1, 1, 7}, 32, true, true}.toString() == "float32 [1, 1, 7]");
}

}  // namespace glint
