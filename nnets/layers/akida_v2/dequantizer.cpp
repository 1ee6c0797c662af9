#include "nnets/layers/akida_v2/dequantizer.h"

#include "nnets/layers/akida/declare.h"

namespace glint::akida {

void Dequantizer::fields(FieldVisitor&) {}

Result<TensorType> Dequantizer::outputType(std::span<const TensorType> inputs) const {
  if (inputs[0].isFloat) {
    return Error{Errc::Value, "the input is " + inputs[0].toString() + ", legal: integers"};
  }
  return TensorType{inputs[0].shape, 32, true, true};
}

std::vector<VariableDecl> Dequantizer::variableTable(std::span<const TensorType> inputs) const {
  return {declareScales(inputs[0].channels())};
}

}  // namespace glint::akida
