#pragma once

#include <cstdint>

#include "nnets/graph/fields.h"
#include "nnets/graph/tensor_type.h"

namespace glint {

/// How output positions map to input windows.
struct WindowGeometry {
  enum class Kind {
    Sliding,     ///< out p reads in p*stride - before .. + size - 1
    Transposed,  ///< stride 2, out = 2 in: out[2i + a - b] += in[i] w[a], b = (size - 2) / 2
    Whole,       ///< one output position that reads the whole map, in (x, y) order
    Lined,       ///< out (0, lead + x * Y + y) is (x, y) of the first input's X by Y positions, and
                 ///< its own of the others; the first `lead` have none of the first input
  };
  /// The window along one axis.
  struct Axis {
    int size = 1;
    int stride = 1;
    /// Windows begin `before` positions before the map and end `after` behind it, whatever the
    /// geometry's padding says; negative: inside the map.
    bool padded = false;
    int before = 0, after = 0;
  };
  Kind kind = Kind::Sliding;
  Axis x, y;  ///< Transposed: two of one size; Whole: without meaning
  Padding padding = Padding::Valid;
  int lead = 0;  ///< of Lined

  /// The output extent along `axis`, x or y, for an input extent `n`.
  std::int64_t outExtent(const Axis& axis, std::int64_t n) const;
  /// How many positions before the map the first window begins (Sliding; 0 otherwise).
  std::int64_t before(const Axis& axis, std::int64_t n) const;
};

/// The number of positions a window of `geometry` reads in a map of type `input`.
std::int64_t windowTaps(const WindowGeometry& geometry, const TensorType& input);

}  // namespace glint
