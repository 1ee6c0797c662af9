#include "nnets/graph/window_geometry.h"

#include <algorithm>

namespace glint {

std::int64_t WindowGeometry::outExtent(const Axis& axis, std::int64_t n) const {
  switch (kind) {
    case Kind::Transposed:
      return 2 * n;
    case Kind::Whole:
      return 1;
    case Kind::Lined:
      return n;
    case Kind::Sliding:
      break;
  }
  if (axis.padded) return (n + axis.before + axis.after - axis.size) / axis.stride + 1;
  return padding == Padding::Same ? (n + axis.stride - 1) / axis.stride
                                  : (n - axis.size) / axis.stride + 1;
}

std::int64_t WindowGeometry::before(const Axis& axis, std::int64_t n) const {
  if (kind != Kind::Sliding) return 0;
  if (axis.padded) return axis.before;
  if (padding == Padding::Valid) return 0;
  const std::int64_t rest = n % axis.stride == 0 ? axis.stride : n % axis.stride;
  return std::max<std::int64_t>(axis.size - rest, 0) / 2;
}

std::int64_t windowTaps(const WindowGeometry& geometry, const TensorType& input) {
  if (geometry.kind == WindowGeometry::Kind::Whole) return input.x() * input.y();
  return std::int64_t{geometry.x.size} * geometry.y.size;
}

}  // namespace glint
