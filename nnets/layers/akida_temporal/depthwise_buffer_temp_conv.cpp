#include "nnets/layers/akida_temporal/depthwise_buffer_temp_conv.h"

namespace glint::akida {

void DepthwiseBufferTempConv::fields(FieldVisitor& visitor) {
  visitor.field("fifo_size", fifoSize, FieldVisitor::Need::Required);
  post.fields(visitor);
  visitor.field("weights_bits", weightsBits);
}

Result<TensorType> DepthwiseBufferTempConv::outputType(std::span<const TensorType> inputs) const {
  return filteredType(inputs[0], inputs[0].channels(), fifoSize);
}

std::vector<VariableDecl> DepthwiseBufferTempConv::variableTable(
    std::span<const TensorType> inputs) const {
  const std::int64_t channels = inputs[0].channels();
  return declare(Shape{1, 1, fifoSize, channels}, channels, channels);
}

std::int64_t DepthwiseBufferTempConv::macs(std::span<const TensorType> inputs) const {
  return inputs[0].shape.size() * fifoSize;
}

}  // namespace glint::akida
