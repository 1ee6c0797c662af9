#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/interval.h"
#include "core/result.h"
#include "nnets/graph/tensor_type.h"
#include "nnets/graph/window_geometry.h"

/// What the GPU side computes, as mathematics: windows over feature maps, exact integer sums or
/// maxima, and a chain of scalar steps on each. No textures, no shaders, no rounding of its own.
/// Layers are lowered to this form; everything after it is the same for all layers.
namespace glint {

/// A feature map of the op graph: fed from outside, or written by one op.
struct Value {
  std::string name;  ///< the layer's name; ".inner" values get a suffix
  TensorType type;
  std::vector<Interval> range;  ///< what each channel can hold; filled by inferRanges
  std::vector<int> fill;        ///< per channel: what windows see outside the map
  int layer = -1;               ///< the layer whose output (or inner value) it is
  /// How many of its latest maps a stream keeps, the present one included; 0: none. Before the
  /// first step all of them are 0.
  int history = 0;
  int scan = -1;  ///< of what is kept: each step of this scan gives a map, rather than each run
  /// Its op reads the map of the step before, so a stream may set it to anything of its type.
  bool recurrent = false;

  /// What windows meet: the range and the fill, and 0 where a stream keeps it.
  Interval seen(std::size_t channel) const;
  Interval seen() const;  ///< the same over all channels
};

/// One summand: a value and its weights.
struct SumInput {
  int value = -1;
  int age = 0;                        ///< the value's map of so many steps ago
  bool diagonal = false;              ///< weights [tap][c] rather than [tap][cin][cout]
  std::vector<std::int64_t> weights;  ///< cross-correlation order, taps in (x, y) order
  bool atStep = false;                ///< of a scan's step t column t alone: one position
  bool sameAtEveryTap = false;        ///< `weights` holds one tap that stands for all of the window
  /// Weights that may be replaced by any in this range, on a device, too: proofs and programs hold
  /// for all of them. Empty: they stay as they are.
  std::optional<Interval> weightRange;
  std::vector<int> shift;  ///< per input channel: x << shift before the product; empty: none
  int saturateBits = 64;   ///< width at which x << shift saturates (signed)
};

/// Scalar steps on an accumulator, each with one entry a channel.
struct ClampStep {
  std::vector<std::int64_t> lo, hi;
};
struct OffsetStep {
  std::vector<std::int64_t> value;
};
/// sat_out(rescale(sat_post(v * scale), shift)): core/fixed_point.h.
struct RescaleStep {
  std::vector<int> scale, shift;
  int postBits = 32;
  Interval out;
};
/// table[v + 1024]; v within -1024 .. 1023.
struct LutStep {
  std::vector<std::int32_t> table;
};
/// How many of the channel's bounds v reaches: the number of k with v >= bounds[k][channel].
struct ThresholdStep {
  std::vector<std::vector<std::int64_t>> bounds;
};
/// How often a neuron's membrane v fires: v >= threshold ? min(floor(v / threshold), most) : 0.
struct SpikeStep {
  std::int64_t threshold = 1;
  std::int64_t most = 0;  ///< 0: any number
};
/// What is left of the membrane: v - count * value, or (count > 0 ? 0 : v) + value.
struct MembraneStep {
  SpikeStep spikes;
  bool toValue = false;
  std::int64_t value = 0;
};
using Step = std::variant<ClampStep, OffsetStep, RescaleStep, LutStep, ThresholdStep, SpikeStep,
                          MembraneStep>;

/// Whether a step never decreases, whatever its constants.
bool isMonotone(const Step& step);

/// One window operation: reduce the windows of the inputs, then apply the steps.
struct Op {
  enum class Reduce {
    Sum,
    Max,
    Saturated,  ///< each saturated to `saturateBits`, and so is every sum, one after the other
  };
  Reduce reduce = Reduce::Sum;
  int saturateBits = 32;  ///< of Saturated, signed
  WindowGeometry geometry;
  std::vector<SumInput> inputs;  ///< only those of Sum have weights; Max has one
  std::vector<Step> steps;
  int output = -1;
  int layer = -1;
  int scan = -1;       ///< the scan that repeats the op, or -1
  bool emits = false;  ///< in a scan: writes one column of its output, at every Scan::every-th step
};

/// Neighbouring ops that are repeated, all of them at each step of time: a recurrence. What they
/// give is a single position, but for what emits.
struct Scan {
  int steps = 1;
  int every = 1;  ///< divides steps
};

/// A tensor that a layer keeps (Layer::stateTable) as the graph has it: the latest maps of a value,
/// [x, y, maps, c], the oldest first.
struct KeptState {
  int layer = -1;
  std::string name;
  int value = -1;
  int maps = 1;
};

struct OpGraph {
  std::vector<Value> values;
  std::vector<Op> ops;          ///< in execution order
  std::vector<int> layerValue;  ///< by layer index: the value that holds its output, or -1
  std::vector<KeptState> states;
  std::vector<Scan> scans;
};

/// The values that an op reads, each once, in the order of first use.
std::vector<int> valuesRead(const Op& op);
/// Whether each output channel reads only its own channel of that input.
bool isDiagonal(const Op& op, std::size_t input);
/// What weight `i` can be, now or later.
Interval possibleWeight(const SumInput& input, std::size_t i);
/// Whether weights of the op may be replaced.
bool hasChangingWeights(const Op& op);
/// The op that writes `value`, or -1: it comes from outside.
int writerOf(const OpGraph& graph, int value);

/// The scalar meaning of a step for channel `c`: the definition that proofs and tests refer to.
std::int64_t apply(const Step& step, std::size_t c, std::int64_t v);

Interval apply(const Step& step, std::size_t c, Interval in);  ///< over all of `in`

/// Collects the ops of one layer. A layer's lower() calls these; nothing else writes an OpGraph.
class OpBuilder {
 public:
  OpBuilder(OpGraph& graph, int layer, std::string layerName, std::vector<int> inputs,
            TensorType output)
      : graph_(graph),
        layer_(layer),
        layerName_(std::move(layerName)),
        inputs_(std::move(inputs)),
        output_(output) {}

  int inputCount() const { return static_cast<int>(inputs_.size()); }
  int input(int i) const { return inputs_[static_cast<std::size_t>(i)]; }
  const TensorType& typeOf(int value) const {
    return graph_.values[static_cast<std::size_t>(value)].type;
  }
  const TensorType& outputType() const { return output_; }

  /// What windows read outside `value`; one entry, or one a channel.
  void setFill(int value, const std::vector<int>& fill);
  /// A new value between two ops of this layer.
  int addInner(const std::string& suffix, TensorType type);
  /// Lets streams keep the latest `maps` maps of `value`, as the layer's state `stateName`.
  void keep(const std::string& stateName, int value, int maps);
  /// Ops added from here on are repeated; `every` divides `steps`.
  void beginScan(int steps, int every);
  /// The scan's ops added from here on emit.
  void emit() { emits_ = true; }
  /// A value of which the scan's ops, or without a scan those of each run, read the map of the step
  /// before: the layer's state.
  int addRecurrent(const std::string& stateName, TensorType type);
  /// Appends an op that writes `op.output`, or the layer's output where that is -1.
  void add(Op op);
  /// Lets the layer's output be `value` itself: the layer computes nothing.
  void forward(int value);

 private:
  OpGraph& graph_;
  int layer_;
  std::string layerName_;
  std::vector<int> inputs_;
  TensorType output_;
  int scan_ = -1;
  bool emits_ = false;
};

/// Fills Value::range of every value from the feeds' types through weights and steps.
void inferRanges(OpGraph& graph);

/// Per output channel of a Sum op: the interval of the exact sum, and a bound on the magnitude of
/// every partial sum in any order of summation; over all of them, the largest single product.
struct SumBounds {
  std::vector<Interval> sum;
  std::vector<std::int64_t> partial;
  std::int64_t product = 0;
};
SumBounds sumBounds(const OpGraph& graph, const Op& op);

/// Per channel of a Saturated op: the interval of the result.
std::vector<Interval> saturatedRange(const OpGraph& graph, const Op& op);

/// One input channel's interval after shift and saturation, the fill included.
Interval loadedRange(const OpGraph& graph, const SumInput& input, std::size_t channel);

}  // namespace glint
