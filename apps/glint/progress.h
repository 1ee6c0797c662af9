#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace glint::cli {

/// One line on stderr that is overwritten as work goes on, and gone in the end. Prints nothing when
/// stderr is no terminal.
class Progress {
 public:
  Progress();
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// "what  [####....]  3 of 8"; at most twenty times a second.
  void show(const std::string& what, std::int64_t done, std::int64_t of);
  void clear();

 private:
  bool terminal_ = false;
  bool shown_ = false;
  std::string what_;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace glint::cli
