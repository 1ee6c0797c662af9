#pragma once

#include "nnets/graph/layer.h"

namespace glint::dynapcnn {

/// Membranes are signed integers of so many bits and saturate there, far beyond the chip's 16: so
/// every sum with what comes in is exact in a float. (sinabs has float32, without a bound.)
constexpr int kMembraneBits = 23;

/// What sinabs' DynapcnnLayer computes, with its final parameters: convolution, integrate and fire,
/// sum pooling, one step of time a call. With thr = threshold, at every neuron:
///   u  = sat(v + bias + sum x * w)
///   s  = u >= thr ? min(floor(u / thr), max_spikes) : 0
///   v' = sat(max(min_v_mem, reset_to_value ? (s > 0 ? 0 : u) + reset_value
///                                          : u - s * (subtract_value or thr)))
///   y  = min(count_limit, sum of s over a window of the pool)
/// sat: to kMembraneBits. Rows and columns that fill no window of the pool are dropped. With
/// `integers` false the same in binary32, operation by operation as sinabs has it, without sat.
/// Glint's [x, y, c] is sinabs' [c, x, y]: x counts rows (sinabs' height), y columns; so are pairs.
/// Shapes     x [X,Y,C] integers, w [kernel_size[0],kernel_size[1],C,F], bias [F], y unsigned
///            [h / pool[0], w / pool[1], F] with h = (X + 2 padding[0] - kernel_size[0]) /
///            stride[0] + 1, w likewise; state "membrane" [h,w,F].
/// Errors     Value: a parameter out of range; a kernel or pool larger than what it reads.
/// Source     sinabs v2.1.0, sinabs/backend/dynapcnn/dynapcnn_layer.py, sinabs/layers.
class SpikingLayer : public Layer {
 public:
  int filters = 0;  ///< F >= 1; required
  Pair kernelSize;  ///< required
  Pair stride;
  Pair padding{0, 0};  ///< zeros before and behind each axis
  Pair pool;
  int maxSpikes = 0;  ///< of a neuron and step; 0: any number. SingleSpike is 1.
  bool resetToValue = false;
  /// Counts of the output saturate at it; 0: at 2^31 - 1. Whoever reads them needs a bound, or its
  /// sums have none (docs/exactness.md, "Spikes").
  int countLimit = 0;
  bool integers = true;

  std::string_view type() const override { return "dynapcnn.DynapcnnLayer"; }
  std::unique_ptr<Layer> clone() const override { return std::make_unique<SpikingLayer>(*this); }
  void fields(FieldVisitor& visitor) override;
  Result<TensorType> outputType(std::span<const TensorType> inputs) const override;
  std::vector<VariableDecl> variableTable(std::span<const TensorType> inputs) const override;
  std::vector<StateDecl> stateTable(std::span<const TensorType> inputs) const override;
  Tensor reference(std::span<const Tensor> inputs, const TensorType& output,
                   LayerState& state) const override;
  Status lower(OpBuilder& builder) const override;
  std::int64_t macs(std::span<const TensorType> inputs) const override;
  bool fullyConvolutional() const override { return false; }

  /// The map of neurons over an input of this shape: [h, w, F].
  Shape neuronShape(const Shape& input) const;
  /// The largest count of every input for which all sums of products stay below 2^24, so that
  /// sinabs' sums in binary32 are exact in any order, too; at least 255. For `integers`.
  int exactInputLimit() const;

 private:
  Tensor integerStep(const Tensor& input, const TensorType& output, Tensor& membrane) const;
  Tensor floatStep(const Tensor& input, const TensorType& output, Tensor& membrane) const;
};

}  // namespace glint::dynapcnn
