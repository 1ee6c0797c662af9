#pragma once

#include <cstdint>

namespace glint::events {

/// What one pixel of an event camera reports: its brightness rose or fell.
struct Event {
  std::int64_t time = 0;  ///< microseconds, from whatever the file counts from
  std::uint16_t x = 0;    ///< column, from the left
  std::uint16_t y = 0;    ///< row, from the top
  bool on = false;        ///< polarity: true where it rose

  bool operator==(const Event&) const = default;
};

}  // namespace glint::events
