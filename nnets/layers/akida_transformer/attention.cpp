#include "nnets/layers/akida_transformer/attention.h"

#include <string>

#include "nnets/layers/akida/declare.h"
#include "nnets/layers/akida/window.h"

namespace glint::akida {

void Attention::fields(FieldVisitor& visitor) {
  visitor.field("num_heads", numHeads, FieldVisitor::Need::Required);
  visitor.field("output_bits", outputBits);
  visitor.field("buffer_bits", bufferBits);
  visitor.field("shiftmax_output_bits", shiftmaxOutputBits);
}

Result<TensorType> Attention::outputType(std::span<const TensorType> inputs) const {
  const TensorType& query = inputs[0];
  GLINT_TRY(checkRange("num_heads", numHeads, 1, kMaxExtent));
  GLINT_TRY(checkRange("output_bits", outputBits, 1, 32));
  GLINT_TRY(checkRange("buffer_bits", bufferBits, 2, 32));
  GLINT_TRY(checkRange("shiftmax_output_bits", shiftmaxOutputBits, 1, bufferBits / 2));
  for (const TensorType& input : inputs) {
    if (input.isFloat || input.bits > 16 || input.x() != 1 || input.shape != query.shape) {
      return Error{Errc::Value, "the inputs are " + query.toString() + " and " + input.toString() +
                                    ", legal: integers of one shape [1, tokens, channels], of at "
                                    "most 16 bits"};
    }
  }
  if (query.channels() % numHeads != 0) {
    return Error{Errc::Value, "num_heads is " + std::to_string(numHeads) +
                                  ", legal: what divides the channels, which are " +
                                  std::to_string(query.channels())};
  }
  GLINT_TRY(checkShape("the scores", Shape{numHeads, query.y(), query.y()}));
  return TensorType{query.shape, outputBits, true, false};
}

std::vector<VariableDecl> Attention::variableTable(std::span<const TensorType> inputs) const {
  const Shape each{inputs[0].channels()};
  return {declareBytes("value_shift", DType::U8, each),
          declareBytes("shiftmax_input_shift", DType::U8, Shape{1}),
          declareBytes("output_shift", DType::I8, each)};
}

std::int64_t Attention::macs(std::span<const TensorType> inputs) const {
  return 2 * inputs[0].y() * inputs[0].shape.size();
}

}  // namespace glint::akida
