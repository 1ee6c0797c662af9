#include "nnets/layers/akida_v2/add.h"

#include "nnets/layers/akida/declare.h"
#include "nnets/layers/akida/window.h"

namespace glint::akida {

void Add::fields(FieldVisitor& visitor) {
  visitor.field("activation", activation);
  visitor.field("output_bits", outputBits);
  visitor.field("buffer_bits", bufferBits);
  visitor.field("post_op_buffer_bits", postOpBufferBits);
}

Result<TensorType> Add::outputType(std::span<const TensorType> inputs) const {
  if (activation == ActivationType::LUT) {
    return Error{Errc::Value, "activation is LUT, legal: NoActivation, ReLU"};
  }
  GLINT_TRY(checkRange("output_bits", outputBits, 1, 32));
  GLINT_TRY(checkRange("buffer_bits", bufferBits, 2, 32));
  GLINT_TRY(checkRange("post_op_buffer_bits", postOpBufferBits, 2, 32));
  if (inputs[0].shape != inputs[1].shape) {
    return Error{Errc::Value, "the inputs have shapes " + inputs[0].shape.toString() + " and " +
                                  inputs[1].shape.toString() + ", legal: equal ones"};
  }
  for (const TensorType& input : inputs) {
    if (!input.isFloat) continue;
    return Error{Errc::Value, "an input is " + input.toString() + ", legal: integers"};
  }
  const bool isSigned = activation != ActivationType::ReLU || outputBits >= 8;
  return TensorType{inputs[0].shape, outputBits, isSigned, false};
}

std::vector<VariableDecl> Add::variableTable(std::span<const TensorType> inputs) const {
  const Shape each{inputs[0].channels()};
  return {declareBytes("a_shift", DType::U8, each), declareBytes("b_shift", DType::U8, each),
          declareBytes("output_shift", DType::I8, each)};
}

}  // namespace glint::akida
