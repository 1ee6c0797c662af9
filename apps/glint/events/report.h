#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/glint/events/recording.h"
#include "apps/glint/picture/image.h"
#include "core/json.h"
#include "core/tensor.h"
#include "nnets/devices/dynapcnn_chip.h"

namespace glint::cli {

/// Spikes of each class over time, in at most kMostBins equal spans of steps.
class SpikeHistory {
 public:
  static constexpr std::size_t kMostBins = 2048;

  explicit SpikeHistory(int classes) : totals_(static_cast<std::size_t>(classes)) {}

  /// The output of the next step, [rows, columns, classes].
  void add(const Tensor& output);

  std::int64_t steps() const { return steps_; }
  std::int64_t stepsPerBin() const { return stepsPerBin_; }
  const std::vector<std::int64_t>& totals() const { return totals_; }
  /// By bin, by class.
  const std::vector<std::vector<std::int64_t>>& bins() const { return bins_; }
  /// The class with the most spikes, the first of several; none without spikes.
  std::optional<int> winner() const;

 private:
  std::int64_t steps_ = 0, stepsPerBin_ = 1;
  std::vector<std::int64_t> totals_;
  std::vector<std::vector<std::int64_t>> bins_;
};

/// What a run over a recording has found.
struct EventsReport {
  std::string net, recording, device, backend;
  RecordingPass pass;
  SpikeHistory history{0};
  double secondsPerStep = 0;            ///< of the recording; 0: steps are counts of events
  double stepMs = 0;                    ///< median
  double stepsPerSecond = 0;            ///< all steps but the first
  std::int64_t macs = 0;                ///< dense, a step
  std::optional<double> operations;     ///< synaptic, a step on average
  std::optional<std::int64_t> checked;  ///< values that equal the reference's
  std::string plot;                     ///< file
};

/// What a network takes on a chip, or why it has no place there.
struct ChipReport {
  std::string chip;
  std::vector<std::string> layers;
  std::vector<dynapcnn::CoreMemory> memory;
  std::vector<std::vector<int>> fits;
  std::vector<int> cores;  ///< empty: no assignment
  std::vector<std::string> problems;
};
ChipReport chipReport(const std::string& chip, const std::vector<dynapcnn::ChipLayer>& layers);

Json toJson(const EventsReport& report);
Json toJson(const ChipReport& report);
void printReport(const EventsReport& report);
void printReport(const ChipReport& report);

/// Spikes over time, a row for each class.
picture::Image rasterPlot(const EventsReport& report);

}  // namespace glint::cli
