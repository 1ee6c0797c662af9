#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/result.h"
#include "nnets/graph/model.h"
#include "nnets/layers/dynapcnn/dynapcnn_layer.h"

namespace glint::dynapcnn {

/// Memory by layer, and over all of them.
struct NetworkMemory {
  std::vector<MemorySummary> layers;
  MemorySummary total;
};

struct NetworkOptions {
  bool dvsInput = false;  ///< a DVSLayer stands first even where nothing asks for one
  bool discretize = true;
  /// What counts between layers saturate at. 0: the largest for which the sums of the layer that
  /// reads them are exact (SpikingLayer::exactInputLimit). 255 takes a byte for each: faster.
  int countLimit = 0;
};

/// sinabs' DynapcnnNetwork: a chain of DynapcnnLayers made from a list of modules, behind a
/// DVSLayer where the list begins with pooling, cropping or flipping.
class DynapcnnNetwork {
 public:
  /// Takes the modules one after the other. A convolution or linear layer, with the batch
  /// normalization behind it merged, must be followed by neurons; ReLU stands for neurons of
  /// threshold 1 and min_v_mem -1. Average pooling becomes sum pooling, and the next weights are
  /// divided by the size of its window; several poolings in a row are multiplied. Identity and
  /// Flatten are ignored. Errors (Value) begin with the module's number and name what is legal.
  /// `inputShape` is (channels, rows, columns).
  static Result<DynapcnnNetwork> create(std::span<const Module> modules, const Shape& inputShape,
                                        const NetworkOptions& options = {});
  /// Of layers that exist, each with the output of the one before as its input. Errors (Value):
  /// none; shapes that do not follow each other.
  static Result<DynapcnnNetwork> of(std::vector<DynapcnnLayer> layers,
                                    const std::optional<Dvs>& dvs, const Shape& inputShape,
                                    int countLimit = 0);

  const std::vector<DynapcnnLayer>& layers() const { return layers_; }
  const Shape& inputShape() const { return inputShape_; }
  const std::optional<Dvs>& dvs() const { return dvs_; }

  /// "input" (8-bit counts), "dvs" where there is one, "layer0", "layer1", ...; see countLimit.
  const Model& model() const { return model_; }
  NetworkMemory memorySummary() const;

  /// Steps of time, counts [steps, C, rows, columns]; returns counts I32 [steps, F, rows, columns].
  /// Membranes persist from call to call. Errors (Value): another shape, or counts beyond 255.
  Result<Tensor> forward(const Tensor& input);
  void resetStates() { states_.clear(); }

 private:
  DynapcnnNetwork() = default;
  Status buildModel(int countLimit);

  std::vector<DynapcnnLayer> layers_;
  std::optional<Dvs> dvs_;
  Shape inputShape_;
  Model model_;
  std::vector<LayerState> states_;
};

}  // namespace glint::dynapcnn
