#include "nnets/layers/akida_transformer/batch_normalization.h"

#include "nnets/layers/akida/declare.h"

namespace glint::akida {

void BatchNormalization::fields(FieldVisitor& visitor) { post.fields(visitor); }

Result<TensorType> BatchNormalization::outputType(std::span<const TensorType> inputs) const {
  return finishType(inputs[0], inputs[0].shape, 1, Padding::Same);
}

std::vector<VariableDecl> BatchNormalization::variableTable(
    std::span<const TensorType> inputs) const {
  const Shape each{inputs[0].channels()};
  std::vector<VariableDecl> table{declareBytes("input_shift", DType::U8, each),
                                  declareBytes("a", DType::I8, each)};
  table[1].required = true;
  post.declare(table, each[0]);
  return table;
}

std::int64_t BatchNormalization::macs(std::span<const TensorType> inputs) const {
  return inputs[0].shape.size();
}

}  // namespace glint::akida
