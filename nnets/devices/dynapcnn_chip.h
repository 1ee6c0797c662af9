#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/shape.h"
#include "nnets/graph/tensor_type.h"
#include "nnets/layers/dynapcnn/dynapcnn_layer.h"

/// The chips of the DYNAP-CNN family (DYNAP-CNN, Speck) as plain data: what their cores hold, and
/// what a layer takes. Nothing here runs on a chip.
/// Source: sinabs v2.0.3 and v2.1.0, sinabs/backend/dynapcnn/chips; limits of layers: sinabs
/// documentation, "Speck overview". Maps are (features, rows, columns), pairs (rows, columns).
namespace glint::dynapcnn {

/// Entries of a core's memories, or those that a layer takes: 8-bit weights, 16-bit membranes.
using CoreMemory = MemorySummary;
/// "kernel 1024, neuron 4096, bias 0"
std::string toText(const CoreMemory& memory);

struct Chip {
  std::string name;
  std::vector<CoreMemory> cores;
};

/// A chip, and which of several.
struct ChipDevice {
  Chip chip;
  int index = 0;
};

/// "speck2fmodule" or "speck2edevkit:1". Errors: Value, listing the names.
Result<ChipDevice> findChip(const std::string& nameAndIndex);
std::vector<std::string> chipNames();

/// What mapping has to know of a layer.
struct ChipLayer {
  std::string name;
  Shape in;          ///< (features, rows, columns)
  int features = 0;  ///< of the output
  Pair kernel;
  Pair stride;
  Pair padding{0, 0};
  Pair pool;
  bool bias = false;

  Shape neurons() const;  ///< (features, rows, columns) in front of the pool
  Shape out() const;      ///< behind it
};

/// A layer of a model, which reads `input`, [rows, columns, features].
ChipLayer chipLayerOf(const SpikingLayer& layer, const TensorType& input);

/// kernel c * 2^(ceil(log2(rows * columns)) + ceil(log2(f))), neuron f * 2^(ceil(log2(rows)) +
/// ceil(log2(columns))), bias f or 0. For a layer with a kernel that fits its padded input.
CoreMemory memoryOf(const ChipLayer& layer);

/// The cores in whose memories the layer fits.
std::vector<int> fittingCores(const Chip& chip, const CoreMemory& memory);

/// What the hardware does not do: kernels beyond 16x16 or not square, strides other than 1, 2, 4,
/// 8, padding beyond 7, pools other than 1, 2, 4 or not square, inputs beyond 128x128, maps of
/// neurons beyond 64x64, more than 1024 features. Errors: Unsupported, naming layer, value and what
/// is legal.
Status checkLimits(const ChipLayer& layer);

/// A core for every layer, each another one; the choice is that of sinabs: a maximum flow by
/// shortest augmenting paths, lower layers and cores first. `fits` lists candidates by layer.
/// Nothing if there is none.
std::optional<std::vector<int>> assignCores(const std::vector<std::vector<int>>& fits, int cores);

/// What a network takes on a chip.
struct ChipMapping {
  std::vector<CoreMemory> memory;      ///< by layer
  std::vector<std::vector<int>> fits;  ///< candidates by layer
  std::vector<int> cores;              ///< by layer
};

/// Errors: Unsupported, "No valid mapping found", and the layers that fit no core or, where each
/// has one, how many there are.
Result<ChipMapping> mapOnChip(const std::vector<ChipLayer>& layers, const Chip& chip);

}  // namespace glint::dynapcnn
