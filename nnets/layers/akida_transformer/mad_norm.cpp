#include "nnets/layers/akida_transformer/mad_norm.h"

#include "core/fixed_point.h"
#include "nnets/layers/akida/declare.h"

namespace glint::akida {

void MadNorm::fields(FieldVisitor& visitor) {
  visitor.field("output_bits", post.outputBits);
  visitor.field("buffer_bits", post.bufferBits);
  visitor.field("post_op_buffer_bits", post.postOpBufferBits);
}

Result<TensorType> MadNorm::outputType(std::span<const TensorType> inputs) const {
  return finishType(inputs[0], inputs[0].shape, inputs[0].channels(), Padding::Same);
}

std::vector<VariableDecl> MadNorm::variableTable(std::span<const TensorType> inputs) const {
  const Shape each{inputs[0].channels()};
  std::vector<VariableDecl> table{declareBytes("input_shift", DType::U8, each),
                                  declareBytes("gamma", DType::I8, each),
                                  declareBytes("gamma_shift", DType::U8, each)};
  table[1].required = true;
  post.declare(table, each[0]);
  return table;
}

std::int64_t MadNorm::numerator(std::int64_t c) const {
  const auto shift = static_cast<int>(variable("gamma_shift", c));
  return fixed_point::saturate(fixed_point::shiftLeft(variable("gamma", c), shift),
                               post.bufferBits);
}

std::int64_t MadNorm::macs(std::span<const TensorType> inputs) const {
  return inputs[0].shape.size();
}

}  // namespace glint::akida
