#include "nnets/layers/akida_temporal/buffer_temp_conv.h"

#include "nnets/layers/akida/window.h"

namespace glint::akida {

void BufferTempConv::fields(FieldVisitor& visitor) {
  visitor.field("filters", filters, FieldVisitor::Need::Required);
  visitor.field("fifo_size", fifoSize, FieldVisitor::Need::Required);
  post.fields(visitor);
  visitor.field("weights_bits", weightsBits);
}

Result<TensorType> BufferTempConv::outputType(std::span<const TensorType> inputs) const {
  GLINT_TRY(checkRange("filters", filters, 1, kMaxExtent));
  return filteredType(inputs[0], filters, fifoSize * inputs[0].channels());
}

std::vector<VariableDecl> BufferTempConv::variableTable(std::span<const TensorType> inputs) const {
  const std::int64_t channels = inputs[0].channels();
  return declare(Shape{1, 1, fifoSize * channels, filters}, channels, filters);
}

std::int64_t BufferTempConv::macs(std::span<const TensorType> inputs) const {
  return inputs[0].shape.size() * fifoSize * filters;
}

}  // namespace glint::akida
