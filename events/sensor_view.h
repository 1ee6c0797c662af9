#pragma once

#include <string>

#include "core/result.h"
#include "events/event.h"

namespace glint::events {

/// The part of a sensor that a network of another size looks at. In the order of sinabs' DVSLayer:
/// pool, crop, flip, swap. The polarity stays.
struct SensorView {
  int pool = 1;               ///< pixels a side that become one
  int left = 0, top = 0;      ///< of the crop, in pooled pixels
  int width = 0, height = 0;  ///< of the crop, in pooled pixels; 0: up to the edge
  bool flipX = false;         ///< columns in reverse; needs the width
  bool flipY = false;         ///< rows in reverse; needs the height
  bool swapXY = false;        ///< columns become rows

  /// The size of what is seen of a sensor of this size. Errors: Value, a pool below 1, a crop that
  /// is not within the pooled sensor.
  struct Size {
    int width = 0;
    int height = 0;
    bool operator==(const Size&) const = default;
  };
  Result<Size> sizeOf(int sensorWidth, int sensorHeight) const;

  /// Moves the event to where it is seen; false if it is not. `size` is that of sizeOf.
  bool see(Event& event, const Size& size) const;
};

}  // namespace glint::events
