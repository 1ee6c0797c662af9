#include "nnets/graph/tensor_type.h"

namespace glint {

DType TensorType::dtype() const {
  if (isFloat) return DType::F32;
  if (bits <= 8) return isSigned ? DType::I8 : DType::U8;
  const int signedBits = isSigned ? bits : bits + 1;
  return signedBits <= 16 ? DType::I16 : DType::I32;
}

std::string TensorType::toString() const {
  const std::string kind = isFloat ? "float" : isSigned ? "int" : "uint";
  return kind + std::to_string(bits) + " " + shape.toString();
}

}  // namespace glint
