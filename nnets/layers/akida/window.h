#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "core/result.h"
#include "core/shape.h"
#include "nnets/graph/fields.h"

/// Where windows lie over a map, and what every layer checks of its parameters.
/// Source: TensorFlow's definition of VALID and SAME padding, which the Akida layers share.
namespace glint::akida {

/// Largest extent of a map along any axis, and largest number of elements of a map or variable.
constexpr std::int64_t kMaxExtent = 65536;
constexpr std::int64_t kMaxElements = std::int64_t{1} << 31;
/// Most products in one output: 2^24 products below 2^39 stay below 2^63.
constexpr std::int64_t kMaxTaps = std::int64_t{1} << 24;

/// How many windows of `size`, `stride` apart, an axis of `n` positions has. Valid: only whole
/// windows, so 0 where size > n; Same: ceil(n / stride).
std::int64_t windowCount(std::int64_t n, int size, int stride, Padding padding);

/// How many positions before the axis the first window begins: 0 for Valid, half of the border
/// that Same needs, rounded down.
std::int64_t borderBefore(std::int64_t n, int size, int stride, Padding padding);

/// Errors (Value) "<parameter> is <value>, legal: <lo> to <hi>".
Status checkRange(std::string_view parameter, std::int64_t value, std::int64_t lo, std::int64_t hi);

/// The same for both entries: "<parameter> is [0, 3], legal: two of 1 to 65536".
Status checkPair(std::string_view parameter, Pair value, std::int64_t lo, std::int64_t hi);

/// Errors (Value) "<parameter> is 3, legal: 1, 2, 4".
Status checkOneOf(std::string_view parameter, int value, std::initializer_list<int> legal);

/// Errors (Value) when an extent of `shape` is outside 1..kMaxExtent, or its size too large; the
/// message calls it `what`.
Status checkShape(std::string_view what, const Shape& shape);

}  // namespace glint::akida
