#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "nnets/layers/dynapcnn/modules.h"
#include "nnets/layers/dynapcnn/spiking_layer.h"

namespace glint::dynapcnn {

/// Entries that a layer takes in a chip's core.
struct MemorySummary {
  std::int64_t kernel = 0;  ///< c * 2^(ceil(log2(rows * columns)) + ceil(log2(f)))
  std::int64_t neuron = 0;  ///< f * 2^(ceil(log2(rows)) + ceil(log2(columns)))
  std::int64_t bias = 0;    ///< f, or 0 without
  bool operator==(const MemorySummary&) const = default;
};

/// The interface of sinabs' DynapcnnLayer (seed sinabs-DynapcnnLayer): convolution or linear layer,
/// IAF neurons, sum pooling. A copy of what it is made from; rescaled, then discretized.
/// Shapes are those of sinabs, channels first: (features, rows, columns).
/// Errors are returned by `create` and name the parameter and what is legal.
class DynapcnnLayer {
 public:
  /// In the order of sinabs: copy; linear becomes a convolution over all of inShape; weights (not
  /// the bias) divided by rescaleWeights; then, if `discretize`, one scale for all: the largest by
  /// which weights and bias fit 8 bits and threshold, min_v_mem and membrane 16, everything rounded
  /// half to even, in binary32. `pool`: kernel and stride, square; none: no pooling.
  static Result<DynapcnnLayer> create(const Weights& conv, const IafSqueeze& spk,
                                      const Shape& inShape, std::optional<Pair> pool = std::nullopt,
                                      bool discretize = true, float rescaleWeights = 1);

  const Conv2d& conv() const { return conv_; }       ///< as it is now: rescaled, discretized
  const IafSqueeze& spk() const { return spk_; }     ///< likewise
  const Shape& inShape() const { return inShape_; }  ///< (features, rows, columns)
  std::optional<Pair> pool() const { return pool_; }
  bool discretized() const { return discretized_; }
  /// The factor of discretization; 1 without.
  float scale() const { return scale_; }
  /// What a user should know, or empty: a membrane without a lower bound leaves discretization no
  /// scale but 1, and small weights become 0.
  const std::string& warning() const { return warning_; }

  Shape getNeuronShape() const;  ///< (features, rows, columns) before the pool
  Shape getOutputShape() const;  ///< behind it
  MemorySummary memorySummary() const;
  struct Summary {
    std::optional<Pair> pool;
    Shape kernel;  ///< [out, in, rows, columns]
    Shape neuron;
  };
  Summary summary() const;

  /// Takes `steps` steps of time of each sample: integer counts [batch * steps, C, rows, columns],
  /// row b * steps + t. Returns counts I32 [batch * steps, F, rows, columns]. Membranes persist
  /// from call to call. Errors (Value): another shape; a batch that is not that of the membranes.
  Result<Tensor> forward(const Tensor& input);
  void resetStates();  ///< all membranes become 0
  /// F32 [batch, F, rows, columns]; zero before the first step.
  Tensor membrane() const;
  /// Errors (Value): a shape other than that of the neurons; numbers that are no integers of
  /// kMembraneBits where the layer computes in integers.
  Status setMembrane(const Tensor& membrane);
  /// Without effect: there are no gradients at inference.
  void zeroGrad(bool setToNone = false) const;

  /// The layer as models have it, without name and inbounds. It computes in integers when all
  /// parameters are integers that fit, which discretization sees to.
  const SpikingLayer& layer() const { return layer_; }

 private:
  DynapcnnLayer() = default;
  Status takeMembrane();
  Status discretize();
  Status lowerParameters();
  TensorType inputType() const;

  Conv2d conv_;
  IafSqueeze spk_;
  Shape inShape_;
  std::optional<Pair> pool_;
  bool discretized_ = false;
  float scale_ = 1;
  std::string warning_;
  SpikingLayer layer_;
  std::vector<LayerState> states_;  ///< by sample
};

}  // namespace glint::dynapcnn
