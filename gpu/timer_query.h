/// How long the GPU works, by its own clock.
#pragma once

#include <cstdint>

#include "gpu/handle.h"

namespace glint::gpu {

/// The GPU time of the commands between begin() and end(). Only one in a context is begun at a
/// time; a result may be read many commands later. GL_EXT_disjoint_timer_query.
class TimerQuery {
 public:
  TimerQuery() = default;
  /// Errors: Unsupported (the driver has no timer, or a wrong one: Capabilities::timerQuery),
  /// Driver.
  static Result<TimerQuery> create(Context& context);

  void begin();
  void end();
  /// Waits for the commands to be done. Nanoseconds; meaningless when disjoint() says so.
  std::uint64_t nanoseconds() const;

  /// Whether the clock has jumped since the last call, because of a change of frequency, say: then
  /// all times measured meanwhile are void.
  static bool disjoint(const Context& context);

 private:
  Handle<ObjectKind::Query> handle_;
};

}  // namespace glint::gpu
