/// A point in the command stream that can be waited for.
#pragma once

#include <cstdint>

#include "gpu/context/context.h"

namespace glint::gpu {

/// A move-only fence sync object (ES 3).
class Fence {
 public:
  Fence() = default;
  /// Puts a fence behind all commands so far, and flushes, so that it will be reached.
  /// Errors: Unsupported (no fences: ES 2), Driver.
  static Result<Fence> create(Context& context);
  Fence(Fence&& other) noexcept;
  Fence& operator=(Fence&& other) noexcept;
  ~Fence();

  /// Whether it has been reached; does not block. An empty fence counts as reached.
  bool signaled() const;
  /// Waits at most `timeoutNs` nanoseconds. Errors: Runtime (timeout), Driver.
  Status wait(std::uint64_t timeoutNs) const;
  explicit operator bool() const { return sync_ != nullptr; }

 private:
  Context* context_ = nullptr;
  GLsync sync_ = nullptr;
  std::uint32_t generation_ = 0;
};

}  // namespace glint::gpu
