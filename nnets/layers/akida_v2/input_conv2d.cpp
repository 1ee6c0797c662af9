#include "nnets/layers/akida_v2/input_conv2d.h"

#include "nnets/layers/akida/declare.h"
#include "nnets/layers/akida/feed.h"
#include "nnets/layers/akida/window.h"

namespace glint::akida {

void InputConv2D::fields(FieldVisitor& visitor) {
  visitor.field("input_shape", inputShape, FieldVisitor::Need::Required);
  visitor.field("input_signed", inputSigned);
  visitor.field("filters", filters, FieldVisitor::Need::Required);
  windowFields(visitor);
  visitor.field("padding_value", paddingValue);
  post.fields(visitor);
  visitor.field("weights_bits", weightsBits);
}

Result<TensorType> InputConv2D::feedType() const {
  GLINT_ASSIGN(const Shape shape, feedShape(inputShape));
  return TensorType{shape, 8, inputSigned, false};
}

Status InputConv2D::setFeedExtent(std::int64_t x, std::int64_t y) {
  return setFeedShape(inputShape, x, y);
}

Result<TensorType> InputConv2D::outputType(std::span<const TensorType> inputs) const {
  GLINT_TRY(checkRange("filters", filters, 1, kMaxExtent));
  GLINT_TRY(checkRange("padding_value", paddingValue, 0, 255));
  GLINT_ASSIGN(const Shape sums, sumShape(inputs[0], filters));
  return finishType(inputs[0], sums, kernelTaps() * inputs[0].channels(), poolPadding());
}

std::vector<VariableDecl> InputConv2D::variableTable(std::span<const TensorType> inputs) const {
  const std::int64_t channels = inputs[0].channels();
  std::vector<VariableDecl> table =
      declare(Shape{kernelSize, kernelSize, channels, filters}, 0, filters);
  VariableDecl border = declareBytes("padding_value", DType::U8, Shape{channels}, paddingValue);
  border.scalarBroadcasts = true;
  table.push_back(border);
  return table;
}

std::int64_t InputConv2D::macs(std::span<const TensorType> inputs) const {
  return sumCount(inputs[0]) * filters * kernelTaps() * inputs[0].channels();
}

}  // namespace glint::akida
