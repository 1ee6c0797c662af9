#pragma once

#include <algorithm>
#include <cstdint>

#include "core/interval.h"

/// Scalar fixed-point primitives of the Akida V2 layers, exact in 64 bits.
/// Source: the published layer documentation, and quantizeml 1.2.5 for rounding and saturation.
namespace glint::fixed_point {

/// Clips to the range of a `bits` wide integer.
constexpr std::int64_t saturate(std::int64_t v, int bits, bool isSigned = true) {
  const Interval r = integerRange(bits, isSigned);
  return std::clamp(v, r.lo, r.hi);
}

/// v * 2^shift for shift >= 0, saturating at +-2^62 where 64 bits would not hold the result.
constexpr std::int64_t shiftLeft(std::int64_t v, int shift) {
  if (v == 0) return 0;
  if (shift >= 62) return v > 0 ? Interval::kLimit : -Interval::kLimit;
  return detail::bounded(detail::Wide{v} << shift);
}

/// v * 2^shift; a negative shift divides and rounds half up, towards plus infinity: -5 -> -2 at -1.
constexpr std::int64_t rescale(std::int64_t v, int shift) {
  if (shift >= 0) return shiftLeft(v, shift);
  const int r = -shift;
  if (r > 63) return 0;  // |v| < 2^63, so |v| * 2^-r < 1/2 (and -1/2 rounds up to 0)
  return static_cast<std::int64_t>((detail::Wide{v} + (detail::Wide{1} << (r - 1))) >> r);
}

/// The output scaling of every V2 layer: sat_out(rescale(sat_post(acc * scale), shift)).
/// `postBits` is signed; `outBits` is signed or unsigned as `outSigned` says.
constexpr std::int64_t scaleOut(std::int64_t acc, int scale, int shift, int postBits, int outBits,
                                bool outSigned) {
  const std::int64_t product = detail::bounded(detail::Wide{acc} * scale);
  return saturate(rescale(saturate(product, postBits), shift), outBits, outSigned);
}

}  // namespace glint::fixed_point
