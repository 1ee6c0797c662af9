#include "nnets/layers/akida/window.h"

#include <algorithm>
#include <string>

#include "core/interval.h"

namespace glint::akida {

std::int64_t windowCount(std::int64_t n, int size, int stride, Padding padding) {
  if (padding == Padding::Same) return (n + stride - 1) / stride;
  return size > n ? 0 : (n - size) / stride + 1;
}

std::int64_t borderBefore(std::int64_t n, int size, int stride, Padding padding) {
  if (padding == Padding::Valid) return 0;
  const std::int64_t rest = n % stride;
  const std::int64_t total = rest == 0 ? size - stride : size - rest;
  return std::max<std::int64_t>(total, 0) / 2;
}

Status checkRange(std::string_view parameter, std::int64_t value, std::int64_t lo,
                  std::int64_t hi) {
  if (value >= lo && value <= hi) return {};
  return Error{Errc::Value, std::string(parameter) + " is " + std::to_string(value) +
                                ", legal: " + std::to_string(lo) + " to " + std::to_string(hi)};
}

Status checkPair(std::string_view parameter, Pair value, std::int64_t lo, std::int64_t hi) {
  const Interval legal{lo, hi};
  if (legal.contains(value.x) && legal.contains(value.y)) return {};
  return Error{Errc::Value, std::string(parameter) + " is " + value.toString() +
                                ", legal: two of " + std::to_string(lo) + " to " +
                                std::to_string(hi)};
}

Status checkOneOf(std::string_view parameter, int value, std::initializer_list<int> legal) {
  if (std::find(legal.begin(), legal.end(), value) != legal.end()) return {};
  std::string list;
  for (const int v : legal) list += (list.empty() ? "" : ", ") + std::to_string(v);
  return Error{Errc::Value,
               std::string(parameter) + " is " + std::to_string(value) + ", legal: " + list};
}

Status checkShape(std::string_view what, const Shape& shape) {
  std::int64_t size = 1;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const std::int64_t extent = shape[axis];
    if (extent < 1 || extent > kMaxExtent) {
      return Error{Errc::Value, std::string(what) + " has shape " + shape.toString() +
                                    ", legal: each extent 1 to " + std::to_string(kMaxExtent)};
    }
    size = std::min(size * extent, kMaxElements);
  }
  if (size >= kMaxElements) {
    return Error{Errc::Value, std::string(what) + " has shape " + shape.toString() +
                                  ", legal: less than 2^31 elements"};
  }
  return {};
}

}  // namespace glint::akida
