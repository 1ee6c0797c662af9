#pragma once

#include <algorithm>
#include <cstdint>

namespace glint {

/// A closed interval of integers. Bounds saturate at +-2^62, far beyond any arithmetic that is ever
/// chosen, so no operation overflows; a bound that has saturated is never below 2^62 in magnitude
/// unless it is clamped.
struct Interval {
  static constexpr std::int64_t kLimit = std::int64_t{1} << 62;

  std::int64_t lo = 0;
  std::int64_t hi = 0;

  bool operator==(const Interval&) const = default;
  bool contains(std::int64_t v) const { return lo <= v && v <= hi; }
  bool contains(Interval other) const { return lo <= other.lo && other.hi <= hi; }
  bool isPoint() const { return lo == hi; }
  /// max |v| over the interval.
  std::int64_t magnitude() const { return std::max(-lo, hi); }
};

namespace detail {
__extension__ typedef __int128 Wide;
constexpr std::int64_t bounded(Wide v) {
  return static_cast<std::int64_t>(
      std::clamp<Wide>(v, -Wide{Interval::kLimit}, Wide{Interval::kLimit}));
}
}  // namespace detail

inline Interval operator+(Interval a, Interval b) {
  return {detail::bounded(detail::Wide{a.lo} + b.lo), detail::bounded(detail::Wide{a.hi} + b.hi)};
}

inline Interval operator*(Interval a, std::int64_t k) {
  const std::int64_t p = detail::bounded(detail::Wide{a.lo} * k);
  const std::int64_t q = detail::bounded(detail::Wide{a.hi} * k);
  return {std::min(p, q), std::max(p, q)};
}

/// Every value of `a` clamped to `bounds`.
inline Interval clamp(Interval a, Interval bounds) {
  return {std::clamp(a.lo, bounds.lo, bounds.hi), std::clamp(a.hi, bounds.lo, bounds.hi)};
}

/// The smallest interval that holds both.
inline Interval hull(Interval a, Interval b) {
  return {std::min(a.lo, b.lo), std::max(a.hi, b.hi)};
}

/// The range of a two's complement (signed) or plain binary integer of `bits` bits, 1..62.
constexpr Interval integerRange(int bits, bool isSigned) {
  if (isSigned) return {-(std::int64_t{1} << (bits - 1)), (std::int64_t{1} << (bits - 1)) - 1};
  return {0, (std::int64_t{1} << bits) - 1};
}

}  // namespace glint
