/// A function table that writes down what is called: for tests and traces.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gpu/context/functions.h"

namespace glint::gpu {

/// Wraps a table (real or null); while it lives, each call through functions() is logged by name
/// and then passed on. At most one recorder per thread; calls made through its table on a thread
/// without a recorder are dropped and return zero. Entries null in the wrapped table stay null.
class Recorder {
 public:
  /// Starts to record on this thread.
  explicit Recorder(const Functions& wrapped);
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// The table to give to a Context.
  Functions functions() const;
  /// Names of all calls in order, such as "glBindTexture".
  const std::vector<std::string_view>& calls() const { return calls_; }
  /// How often a function was called, by its C name such as "glClear".
  std::size_t count(std::string_view name) const;
  /// Forgets the calls so far.
  void clear() { calls_.clear(); }

  /// The wrapped table; for the trampolines.
  const Functions& wrapped() const { return wrapped_; }
  /// Notes one call; for the trampolines. `name` must have static storage.
  void note(std::string_view name) { calls_.push_back(name); }

 private:
  Functions wrapped_;
  std::vector<std::string_view> calls_;
};

}  // namespace glint::gpu
