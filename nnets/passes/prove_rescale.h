#pragma once

#include <vector>

#include "nnets/passes/prove.h"

namespace glint {

/// One channel of a rescale step: what comes in, what it is clamped to first, scale and shift.
struct RescaleChannel {
  Interval in;
  Interval clampedTo;
  int scale = 1;
  int shift = 0;
};

/// The steps that compute sat_out(rescale(sat_post(clamp(v) * scale), shift)) exactly for four
/// channels, `v` being in float or, when `isInt`, in int. Tries F1 (one rounding in float), F2 and
/// F3 (two limbs in float), 32-bit integers, each with and without a clamp of v before it.
/// Errors (Unsupported) when none is exact.
Result<std::vector<ProvenStep>> proveRescale(const std::vector<RescaleChannel>& quad, int postBits,
                                             Interval out, bool isInt,
                                             const ArithmeticRules& rules);

/// The same for a sum in two limbs, |v| below 2^36.
Result<std::vector<ProvenStep>> proveLimbRescale(const std::vector<RescaleChannel>& quad,
                                                 int postBits, Interval out,
                                                 const ArithmeticRules& rules);

}  // namespace glint
