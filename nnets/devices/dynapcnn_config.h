#pragma once

#include <optional>
#include <vector>

#include "core/json.h"
#include "core/tensor.h"
#include "nnets/devices/dynapcnn_chip.h"
#include "nnets/graph/model.h"

namespace glint::dynapcnn {

/// The numbers of a discretized layer, axes as in sinabs.
struct ChipParameters {
  Tensor weights;              ///< integers [features, in, rows, columns]
  std::optional<Tensor> bias;  ///< integers [features]
  std::int64_t threshold = 1;
  std::optional<std::int64_t> minVMem;
  bool resetToValue = false;       ///< MembraneReset: to 0 on the chip
  std::optional<Tensor> membrane;  ///< integers [features, rows, columns]; none: zeros
};

/// The core to which a layer's spikes go, and the pool on the way.
struct ChipDestination {
  int core = 0;
  int pooling = 1;
};

/// The dictionary with which a core is configured: dimensions, weights and initial membranes with
/// columns in front of rows, thresholds. `to` lists at most two destinations; one that is absent is
/// an empty object. Source: sinabs v2.1.0, sinabs/backend/dynapcnn/chips/dynapcnn.py.
/// Errors: Value, a tensor of another shape, a kernel that is not square, a number that does not
/// fit 8 bits (weights, bias) or 16 (thresholds, membranes); Unsupported, a third destination.
Result<Json> coreConfig(const ChipLayer& layer, const ChipParameters& parameters,
                        const std::vector<ChipDestination>& to = {});

/// The numbers of a layer of a model. Errors: Value, it does not compute in integers; Unsupported,
/// a spike takes off, or sets, another value than a chip does (the threshold; 0).
Result<ChipParameters> chipParametersOf(const SpikingLayer& layer);

/// The configurations of all spiking layers of a model, each of which reads the one before:
/// [{"layer", "core", "config"}, ...]. Errors: those of checkLimits, mapOnChip and coreConfig;
/// Value, there is no spiking layer.
Result<Json> networkConfig(const Model& model, const Chip& chip);

}  // namespace glint::dynapcnn
