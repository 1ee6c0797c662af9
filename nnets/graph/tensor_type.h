#pragma once

#include <string>

#include "core/interval.h"
#include "core/shape.h"
#include "core/tensor.h"

namespace glint {

/// What flows between layers: a feature map of shape [x, y, c] (x is Keras' height, the slowest
/// axis), and the numbers it may hold.
struct TensorType {
  Shape shape{1, 1, 1};
  int bits = 8;           ///< width of the integers; 32 for float
  bool isSigned = false;  ///< two's complement rather than plain binary
  bool isFloat = false;   ///< IEEE binary32: only at host edges (Quantizer in, Dequantizer out)

  std::int64_t x() const { return shape[0]; }
  std::int64_t y() const { return shape[1]; }
  std::int64_t channels() const { return shape[2]; }
  Interval range() const { return integerRange(bits, isSigned); }

  /// The narrowest element type of the public interface that holds the values: uint8, int8, int16,
  /// int32 or float32.
  DType dtype() const;
  /// "int8 [12, 11, 7]"
  std::string toString() const;

  bool operator==(const TensorType&) const = default;
};

}  // namespace glint
