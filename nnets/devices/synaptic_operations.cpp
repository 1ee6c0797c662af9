#include "nnets/devices/synaptic_operations.h"

#include <cassert>

namespace glint::dynapcnn {
namespace {

/// For every position of an axis, the windows that it lies in.
std::vector<std::int64_t> windowsAt(std::int64_t extent, int kernel, int stride, int padding,
                                    std::int64_t windows) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(extent));
  for (std::int64_t window = 0; window < windows; ++window) {
    for (int tap = 0; tap < kernel; ++tap) {
      const std::int64_t at = window * stride - padding + tap;
      if (at >= 0 && at < extent) ++counts[static_cast<std::size_t>(at)];
    }
  }
  return counts;
}

}  // namespace

FanOut::FanOut(const ChipLayer& layer) : features_(layer.features) {
  const Shape neurons = layer.neurons();
  rows_ = windowsAt(layer.in[1], layer.kernel.x, layer.stride.x, layer.padding.x, neurons[1]);
  columns_ = windowsAt(layer.in[2], layer.kernel.y, layer.stride.y, layer.padding.y, neurons[2]);
}

std::int64_t FanOut::operations(const Tensor& spikes) const {
  const Shape& shape = spikes.shape();
  assert(shape[0] == static_cast<std::int64_t>(rows_.size()));
  assert(shape[1] == static_cast<std::int64_t>(columns_.size()));
  std::int64_t sum = 0, i = 0;
  for (const std::int64_t row : rows_) {
    for (const std::int64_t column : columns_) {
      std::int64_t count = 0;
      for (std::int64_t c = 0; c < shape[2]; ++c) count += spikes.integer(i++);
      sum += count * row * column;
    }
  }
  return sum * features_;
}

}  // namespace glint::dynapcnn
