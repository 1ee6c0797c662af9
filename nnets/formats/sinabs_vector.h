#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/safetensors.h"
#include "nnets/formats/vector_file.h"
#include "nnets/layers/dynapcnn/dynapcnn_layer.h"

namespace glint {

/// A run of sinabs: one DynapcnnLayer, or a network of them, with its inputs, outputs and membranes
/// (metadata `spec`, format "sinabs-layer/1" or "sinabs-net/1"; maps are channels first).
struct SinabsVector {
  bool isNetwork = false;
  bool exact = true;  ///< integers, compared with ==
  Shape inShape;      ///< (features, rows, columns)
  std::int64_t batch = 1, steps = 0;
  /// Made from what the file has from before discretization, where it has that.
  std::vector<dynapcnn::DynapcnnLayer> layers;
  /// "input" and the layers behind each other; for a layer "layer0", and "spikes", the same without
  /// its pool, where it has one.
  Model model;
  std::map<std::string, Tensor> tensors;  ///< what was recorded, by the file's names
  /// What the layers give for their parameters, as "layer0/weights", and what is recorded.
  struct Fact {
    std::string name;
    Tensor expected, got;
  };
  std::vector<Fact> facts;
  double tolerance = 0;  ///< of membranes, when not exact
};

/// Whether the container holds such a run.
bool isSinabsVector(const SafeTensors& file);

/// Reads a run; errors begin with `path`.
Result<SinabsVector> loadSinabsVector(const std::string& path);

/// What takes steps of SinabsVector::model.
struct SpikingRunner {
  /// Every layer's output, by layer index.
  std::function<Result<std::vector<Tensor>>(std::span<const Tensor> feeds)> step;
  std::function<Result<std::vector<LayerState>>()> states;
  std::function<Status(const std::vector<LayerState>&)> setStates;
};

/// Runs all steps and compares parameters, outputs, spikes and membranes. Of a layer that is not
/// exact each step begins at the recorded membrane, and spikes may differ where the membrane is
/// within 1e-6 thresholds of a multiple of the threshold. Errors: those of the runner.
Result<VectorResult> verifySinabs(const SinabsVector& vector, const SpikingRunner& run);

/// verifySinabs on the CPU reference.
Result<VectorResult> verifyReference(const SinabsVector& vector);

}  // namespace glint
