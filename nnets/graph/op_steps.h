#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "core/interval.h"

namespace glint {

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
/// v >> shift: divided by 2^shift and rounded down; shift in 0 .. 31.
struct ShiftStep {
  std::vector<int> shift;
};
struct AbsStep {};
/// 2^v rounded down: 0 where v is negative.
struct Exp2Step {};
/// numerator / v, rounded towards zero; 0 where v is 0. v is not negative.
struct DivideStep {
  std::vector<std::int64_t> numerator;
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
using Step = std::variant<ClampStep, OffsetStep, RescaleStep, LutStep, ThresholdStep, ShiftStep,
                          AbsStep, Exp2Step, DivideStep, SpikeStep, MembraneStep>;

/// Whether a step never decreases, whatever its constants.
bool isMonotone(const Step& step);

/// The scalar meaning of a step for channel `c`: the definition that proofs and tests refer to.
std::int64_t apply(const Step& step, std::size_t c, std::int64_t v);

Interval apply(const Step& step, std::size_t c, Interval in);  ///< over all of `in`

}  // namespace glint
