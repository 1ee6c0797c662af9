#pragma once

#include <cstdint>
#include <vector>

#include "core/tensor.h"
#include "nnets/devices/dynapcnn_chip.h"

namespace glint::dynapcnn {

/// How many neurons of a layer a spike at each position reaches: each is a synaptic operation, what
/// an event-driven chip spends its energy on. A dense computation takes every tap of every neuron
/// instead, whatever fires.
class FanOut {
 public:
  explicit FanOut(const ChipLayer& layer);

  /// Of the spike counts of a step, integers [rows, columns, channels]: the sum of count times
  /// reach. Windows end at the border, so spikes there reach fewer neurons.
  std::int64_t operations(const Tensor& spikes) const;

 private:
  std::vector<std::int64_t> rows_;     ///< windows that a row lies in
  std::vector<std::int64_t> columns_;  ///< likewise
  std::int64_t features_ = 0;
};

}  // namespace glint::dynapcnn
