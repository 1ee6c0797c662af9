#include "nnets/layers/akida_temporal/buffer_layer.h"

#include "nnets/layers/akida/window.h"

namespace glint::akida {

std::vector<StateDecl> BufferLayer::stateTable(std::span<const TensorType> inputs) const {
  TensorType type = inputs[0];
  type.shape = Shape{type.x(), type.y(), fifoSize, type.channels()};
  return {{"fifo", type}};
}

Result<TensorType> BufferLayer::filteredType(const TensorType& input, std::int64_t channels,
                                             std::int64_t taps) const {
  GLINT_TRY(checkRange("fifo_size", fifoSize, 1, kMaxExtent));
  GLINT_TRY(checkShape("the FIFO", Shape{input.x(), input.y(), fifoSize, input.channels()}));
  return finishType(input, Shape{input.x(), input.y(), channels}, taps, Padding::Same);
}

}  // namespace glint::akida
