#pragma once

#include <functional>

#include "nnets/layers/akida_v2/mac_layer.h"

namespace glint {
struct SumInput;  // nnets/graph/op_graph.h
}

namespace glint::akida {

/// Base of the temporal convolutions of Akida 2.0: a FIFO of the last fifo_size inputs, the newest
/// included, is convolved along time; then PostOps. Every push gives an output; before it is full,
/// the FIFO holds zeros.
/// Shapes     x [X,Y,C]; state "fifo" [X,Y,T,C], raw inputs, the oldest first, T = fifo_size;
///            input_shift u8 [C] acts on the whole FIFO when it is read, saturated to buffer_bits.
/// Errors     Value: a parameter out of range; a FIFO of 2^31 elements or more.
/// Source     akida-DepthwiseBufferTempConv; rounding and widths as quantizeml 1.2.5 has them.
class BufferLayer : public MacLayer {
 public:
  int fifoSize = 0;  ///< >= 1; required

  std::vector<StateDecl> stateTable(std::span<const TensorType> inputs) const override;

 protected:
  bool lutAllowed() const override { return false; }
  /// The type of an output with `channels` channels, each of `taps` products.
  Result<TensorType> filteredType(const TensorType& input, std::int64_t channels,
                                  std::int64_t taps) const;

  // The definition (buffer_layer_ref.cpp).
  /// Pushes `input` into the FIFO of `state`, drops the oldest entry, and gives the FIFO as
  /// [x, y, t*C + c], shifted and saturated.
  IntMap pushed(const Tensor& input, LayerState& state) const;

  // The lowering (buffer_layer_lower.cpp).
  /// Adds the op: one input for each step of the FIFO, of which `addWeights(input, step)` sets
  /// weights and form; step 0 is the oldest.
  void lowerSteps(OpBuilder& builder, const std::function<void(SumInput&, int)>& addWeights) const;
};

}  // namespace glint::akida
