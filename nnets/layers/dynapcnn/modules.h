#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "core/tensor.h"
#include "nnets/graph/fields.h"

/// The modules that a DynapcnnLayer or a DynapcnnNetwork is made of, as plain data: torch's and
/// sinabs' names and shapes, channels first. Pairs are (rows, columns), as in torch.
namespace glint::dynapcnn {

/// torch.nn.Conv2d. Groups and dilation other than 1 are refused.
struct Conv2d {
  Tensor weight;               ///< F32 [out, in, rows, columns]
  std::optional<Tensor> bias;  ///< F32 [out]
  Pair stride;
  Pair padding{0, 0};
  Pair dilation;
  int groups = 1;
};

/// torch.nn.Linear: reads a map in the order (channel, row, column).
struct Linear {
  Tensor weight;               ///< F32 [out, in]
  std::optional<Tensor> bias;  ///< F32 [out]
};

using Weights = std::variant<Conv2d, Linear>;

/// How many spikes a neuron gives at and above its threshold.
enum class SpikeFn {
  MultiSpike,   ///< as often as the threshold fits
  SingleSpike,  ///< one
  MaxSpike,     ///< MultiSpike, at most `maxSpikes`
};

/// What a spike does to the membrane.
enum class ResetFn {
  MembraneSubtract,  ///< takes off the threshold, or `subtractValue`, for each spike
  MembraneReset,  ///< the membrane of a neuron that fires becomes 0; `resetValue` is added to all
};

/// sinabs.layers.IAFSqueeze.
struct IafSqueeze {
  float threshold = 1;  ///< above 0
  std::optional<float> minVMem;
  SpikeFn spikeFn = SpikeFn::MultiSpike;
  int maxSpikes = 1;  ///< of MaxSpike; >= 1
  ResetFn resetFn = ResetFn::MembraneSubtract;
  std::optional<float> subtractValue;
  float resetValue = 0;
  int batchSize = 1;           ///< rows of an input are b * steps + t
  std::optional<Tensor> vMem;  ///< F32 [batch, F, rows, columns]; behind a Linear [batch, F], too
};

/// sinabs.layers.SumPool2d, and torch.nn.AvgPool2d.
struct SumPool2d {
  Pair kernel;
  std::optional<Pair> stride;  ///< none: the kernel
};
struct AvgPool2d {
  Pair kernel;
  std::optional<Pair> stride;
  Pair padding{0, 0};
};

/// torch.nn.BatchNorm2d in evaluation; all F32 [channels]. Merged with factor gamma / sqrt(var),
/// without epsilon, as sinabs does.
struct BatchNorm2d {
  Tensor gamma, beta, mean, variance;
};

struct ReLU {};      ///< becomes IafSqueeze{threshold 1, minVMem -1}
struct Identity {};  ///< and Dropout, Dropout2d
struct Flatten {};

/// sinabs' DVSLayer: merge polarities, sum pool, crop, flip, swap, in that order. `crop` is in
/// pooled positions, the end excluded.
struct Dvs {
  bool mergePolarities = false;
  Pair pool;
  struct Crop {
    int top = 0, bottom = 0, left = 0, right = 0;
  };
  std::optional<Crop> crop;
  bool flipX = false, flipY = false;  ///< columns, rows in reverse
  bool swapXY = false;
};

using Module = std::variant<Conv2d, Linear, IafSqueeze, ReLU, SumPool2d, AvgPool2d, BatchNorm2d,
                            Identity, Flatten, Dvs>;

}  // namespace glint::dynapcnn
