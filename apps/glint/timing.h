#pragma once

#include <chrono>
#include <functional>
#include <utility>
#include <vector>

#include "core/result.h"

namespace glint::cli {

using Clock = std::chrono::steady_clock;

double millisecondsSince(Clock::time_point begin);

/// Times of one run in milliseconds.
struct Timing {
  double median = 0, p10 = 0, p90 = 0;
};

Timing timingOf(std::vector<double> samples);

/// What is run again and again to be timed: `work` orders one run, `wait` ends a batch of them.
class Batches {
 public:
  static constexpr double kBatchMs = 20;

  Batches(std::function<Status()> work, std::function<Status()> wait, double batchMs = kBatchMs)
      : work_(std::move(work)), wait_(std::move(wait)), batchMs_(batchMs) {}

  /// Runs for a while, and finds out how many runs fill a batch.
  Status warmUp();
  /// One batch: milliseconds a run.
  Result<double> sample();

 private:
  Result<double> batch(int runs);

  std::function<Status()> work_, wait_;
  double batchMs_;
  int runs_ = 1;
};

/// Samples of each, in rounds: one of each after the other, so that what slows the machine down for
/// a while slows all of them. At least five rounds, unless they take too long, and as many as
/// `seconds` allow. `progress(done, of)` is told before each; it may be empty.
Result<std::vector<std::vector<double>>> sampleInRounds(
    std::vector<Batches>& batches, double seconds, const std::function<void(int, int)>& progress);

}  // namespace glint::cli
