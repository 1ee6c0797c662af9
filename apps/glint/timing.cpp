#include "apps/glint/timing.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>

namespace glint::cli {
namespace {

/// Of a batch's time.
constexpr double kWarmUp = 2.5;
constexpr std::size_t kLeastRounds = 5, kMostRounds = 500;
/// Fewer rounds will do when they take longer than this, two at least.
constexpr double kPatienceMs = 20e3;

}  // namespace

double millisecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

Timing timingOf(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  const auto quantile = [&](double q) {
    return samples[static_cast<std::size_t>(
        std::lround(q * static_cast<double>(samples.size() - 1)))];
  };
  return Timing{quantile(.5), quantile(.1), quantile(.9)};
}

Result<double> Batches::batch(int runs) {
  const auto begin = Clock::now();
  for (int i = 0; i < runs; ++i) GLINT_TRY(work_());
  GLINT_TRY(wait_());
  return millisecondsSince(begin) / runs;
}

Status Batches::warmUp() {
  const auto start = Clock::now();
  do {
    GLINT_ASSIGN(const double each, batch(runs_));
    runs_ = std::clamp(static_cast<int>(batchMs_ / std::max(each, 1e-4)), 1, 4096);
  } while (millisecondsSince(start) < kWarmUp * batchMs_);
  return {};
}

Result<double> Batches::sample() { return batch(runs_); }

Result<std::vector<std::vector<double>>> sampleInRounds(
    std::vector<Batches>& batches, double seconds, const std::function<void(int, int)>& progress) {
  const auto count = static_cast<int>(batches.size());
  for (int i = 0; i < count; ++i) {
    if (progress) progress(i, 2 * count);
    GLINT_TRY(batches[static_cast<std::size_t>(i)].warmUp());
  }
  std::vector<std::vector<double>> samples(batches.size());
  const auto begin = Clock::now();
  for (std::size_t round = 0; round < kMostRounds; ++round) {
    const double passed = millisecondsSince(begin);
    if (round >= kLeastRounds && passed > 1e3 * seconds) break;
    if (round >= 2 && passed > std::max(1e3 * seconds, kPatienceMs)) break;
    for (int i = 0; i < count; ++i) {
      if (progress) progress(count + i, 2 * count);
      const auto at = static_cast<std::size_t>(i);
      GLINT_ASSIGN(const double sample, batches[at].sample());
      samples[at].push_back(sample);
    }
  }
  return samples;
}

}  // namespace glint::cli
