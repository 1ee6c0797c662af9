#include "nnets/layers/akida_v2/mac_layer.h"

#include <string>

#include "nnets/layers/akida/declare.h"
#include "nnets/layers/akida/window.h"

namespace glint::akida {

Result<TensorType> MacLayer::finishType(const TensorType& input, const Shape& sums,
                                        std::int64_t taps, Padding poolPadding) const {
  if (input.isFloat) {
    return Error{Errc::Value, "the input is " + input.toString() + ", legal: integers"};
  }
  GLINT_TRY(checkRange("weights_bits", weightsBits, 2, 8));
  GLINT_TRY(post.check(lutAllowed()));
  GLINT_TRY(checkShape("the sum of products", sums));
  if (taps > kMaxTaps) {
    return Error{Errc::Value, "an output adds " + std::to_string(taps) +
                                  " products, legal: at most " + std::to_string(kMaxTaps)};
  }
  GLINT_ASSIGN(const Shape shape, pooling.pooled(sums, poolPadding, averageAllowed()));
  return TensorType{shape, post.outputBits, outputSigned(), false};
}

std::vector<VariableDecl> MacLayer::declare(const Shape& weights, std::int64_t shifts,
                                            std::int64_t channels) const {
  std::vector<VariableDecl> table(1);
  table[0].name = "weights";
  table[0].dtype = DType::I8;
  table[0].shape = weights;
  table[0].range = integerRange(weightsBits, true);
  table[0].required = true;
  if (shifts > 0) table.push_back(declareBytes("input_shift", DType::U8, Shape{shifts}));
  post.declare(table, channels);
  return table;
}

void WindowLayer::windowFields(FieldVisitor& visitor) {
  visitor.field("kernel_size", kernelSize, FieldVisitor::Need::Required);
  visitor.field("padding", padding);
  visitor.field("kernel_stride", kernelStride);
  pooling.fields(visitor);
}

std::int64_t WindowLayer::sumCount(const TensorType& input) const {
  return windowCount(input.x(), kernelSize, kernelStride, padding) *
         windowCount(input.y(), kernelSize, kernelStride, padding);
}

Result<Shape> WindowLayer::sumShape(const TensorType& input, std::int64_t channels) const {
  GLINT_TRY(checkRange("kernel_size", kernelSize, 1, kMaxExtent));
  GLINT_TRY(checkRange("kernel_stride", kernelStride, 1, kMaxExtent));
  const Shape sums{windowCount(input.x(), kernelSize, kernelStride, padding),
                   windowCount(input.y(), kernelSize, kernelStride, padding), channels};
  if (sums[0] < 1 || sums[1] < 1) {
    return Error{Errc::Value, "kernel_size is " + std::to_string(kernelSize) +
                                  " with Valid padding, larger than the input " +
                                  input.shape.toString()};
  }
  return sums;
}

Result<Shape> TransposedLayer::sumShape(const TensorType& input, std::int64_t channels) const {
  GLINT_TRY(checkRange("kernel_size", kernelSize, 3, 4));
  return Shape{2 * input.x(), 2 * input.y(), channels};
}

}  // namespace glint::akida
