#pragma once

#include <chrono>
#include <string>

#include "core/json.h"
#include "core/result.h"

namespace glint::cli {

/// Spans of time in the Chrome trace format (JSON Object Format, "complete" events), which
/// chrome://tracing and Perfetto show.
class Trace {
 public:
  using Clock = std::chrono::steady_clock;

  Trace() : start_(Clock::now()) {}

  /// Names a row of the picture.
  void nameThread(int thread, const std::string& name);
  void add(int thread, const std::string& category, const std::string& name,
           Clock::time_point begin, Clock::time_point end, Json args = Json());
  /// Something to know about the whole.
  void note(const std::string& key, Json value) { notes_.set(key, std::move(value)); }

  std::size_t size() const { return events_.size(); }
  Status write(const std::string& path) const;

 private:
  double microseconds(Clock::time_point at) const;

  Clock::time_point start_;
  Json::Array events_;
  Json notes_ = Json::object();
};

}  // namespace glint::cli
