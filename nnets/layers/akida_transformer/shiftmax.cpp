#include "nnets/layers/akida_transformer/shiftmax.h"

#include "nnets/layers/akida/declare.h"
#include "nnets/layers/akida/window.h"

namespace glint::akida {

void Shiftmax::fields(FieldVisitor& visitor) {
  visitor.field("output_bits", outputBits);
  visitor.field("buffer_bits", bufferBits);
}

Result<TensorType> Shiftmax::outputType(std::span<const TensorType> inputs) const {
  GLINT_TRY(checkRange("buffer_bits", bufferBits, 2, 32));
  GLINT_TRY(checkRange("output_bits", outputBits, 1, bufferBits / 2));
  if (inputs[0].isFloat) {
    return Error{Errc::Value, "the input is " + inputs[0].toString() + ", legal: integers"};
  }
  return TensorType{inputs[0].shape, 32, true, false};
}

std::vector<VariableDecl> Shiftmax::variableTable(std::span<const TensorType> inputs) const {
  return {declareBytes("input_shift", DType::U8, Shape{inputs[0].channels()})};
}

}  // namespace glint::akida
