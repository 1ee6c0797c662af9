#include "nnets/layers/akida_transformer/stem.h"

#include <string>

#include "core/fixed_point.h"
#include "nnets/layers/akida/declare.h"
#include "nnets/layers/akida/feed.h"
#include "nnets/layers/akida/window.h"

namespace glint::akida {

void Stem::fields(FieldVisitor& visitor) {
  visitor.field("input_shape", inputShape, FieldVisitor::Need::Required);
  visitor.field("filters", filters);
  visitor.field("kernel_size", kernelSize);
  visitor.field("output_bits", post.outputBits);
  visitor.field("buffer_bits", post.bufferBits);
  visitor.field("post_op_buffer_bits", post.postOpBufferBits);
  visitor.field("num_non_patch_tokens", numNonPatchTokens);
}

Result<TensorType> Stem::feedType() const {
  GLINT_ASSIGN(const Shape shape, feedShape(inputShape));
  return TensorType{shape, 8, false, false};
}

Result<TensorType> Stem::outputType(std::span<const TensorType> inputs) const {
  const TensorType& in = inputs[0];
  GLINT_TRY(checkRange("filters", filters, 1, kMaxExtent));
  GLINT_TRY(checkRange("kernel_size", kernelSize, 1, kMaxExtent));
  GLINT_TRY(checkRange("num_non_patch_tokens", numNonPatchTokens, 0, kMaxExtent));
  if (in.x() != in.y() || in.x() % kernelSize != 0) {
    return Error{Errc::Value, "input_shape is " + in.shape.toString() +
                                  ", legal: a square picture, its side a multiple of kernel_size, "
                                  "which is " +
                                  std::to_string(kernelSize)};
  }
  const std::int64_t patches = in.x() / kernelSize;
  return finishType(in, Shape{1, numNonPatchTokens + patches * patches, filters},
                    std::int64_t{kernelSize} * kernelSize * in.channels(), Padding::Valid);
}

std::vector<VariableDecl> Stem::variableTable(std::span<const TensorType> inputs) const {
  const std::int64_t patches = inputs[0].x() / kernelSize;
  const Shape each{filters};
  std::vector<VariableDecl> table =
      declare(Shape{kernelSize, kernelSize, inputs[0].channels(), filters}, 0, filters);
  if (numNonPatchTokens > 0) {
    const Shape tokens{numNonPatchTokens, filters};
    table.push_back(declareBytes("tokens", DType::I8, tokens));
    table.push_back(declareBytes("tokens_shift", DType::U8, tokens));
  }
  table.push_back(declareBytes("pos_embedding", DType::I8,
                               Shape{numNonPatchTokens + patches * patches, filters}));
  table.push_back(declareBytes("pos_embs_shift", DType::U8, each));
  return table;
}

std::int64_t Stem::shifted(const char* of, std::int64_t at, const char* shiftName,
                           std::int64_t shiftAt) const {
  const auto shift = static_cast<int>(variable(shiftName, shiftAt));
  return fixed_point::saturate(fixed_point::shiftLeft(variable(of, at), shift), post.bufferBits);
}

std::int64_t Stem::positionAt(std::int64_t token, std::int64_t f) const {
  return shifted("pos_embedding", token * filters + f, "pos_embs_shift", f);
}

std::int64_t Stem::tokenAt(std::int64_t token, std::int64_t f) const {
  return shifted("tokens", token * filters + f, "tokens_shift", token * filters + f);
}

std::int64_t Stem::macs(std::span<const TensorType> inputs) const {
  return inputs[0].shape.size() * filters;
}

}  // namespace glint::akida
