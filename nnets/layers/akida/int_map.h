#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/tensor.h"

namespace glint::akida {

/// A feature map [x, y, c] of 64-bit integers, row-major: what references compute in.
struct IntMap {
  std::int64_t x = 0, y = 0, c = 0;
  std::vector<std::int64_t> values;

  IntMap() = default;
  IntMap(std::int64_t xs, std::int64_t ys, std::int64_t cs, std::int64_t value = 0)
      : x(xs), y(ys), c(cs), values(static_cast<std::size_t>(xs * ys * cs), value) {}

  /// The first channel of position (i, j).
  const std::int64_t* at(std::int64_t i, std::int64_t j) const {
    return values.data() + (i * y + j) * c;
  }
  std::int64_t* at(std::int64_t i, std::int64_t j) { return values.data() + (i * y + j) * c; }
};

/// From an integer tensor [x, y, c].
IntMap toIntMap(const Tensor& tensor);

/// To an I32 tensor; every value fits.
Tensor toTensor(const IntMap& map);

}  // namespace glint::akida
