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
using Step = std::variant<ClampStep, OffsetStep, RescaleStep, LutStep, ThresholdStep, ShiftStep,
                          AbsStep, Exp2Step, DivideStep>;

/// The scalar meaning of a step for channel `c`: the definition that proofs and tests refer to.
std::int64_t apply(const Step& step, std::size_t c, std::int64_t v);

Interval apply(const Step& step, std::size_t c, Interval in);  ///< over all of `in`

}  // namespace glint
