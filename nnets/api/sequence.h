#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "nnets/api/device.h"
#include "nnets/api/layer.h"

namespace glint::api {

/// What a device does in one go: Glint's devices run a whole sequence so.
struct Pass {
  std::vector<Layer> layers;
};

/// Successive layers of a model that run on the same backend.
/// Source  akida-runtime-api, akida.Sequence.
struct Sequence {
  std::string name;  ///< "HW/conv1-dense", "SW/scores"
  BackendType backend = BackendType::Software;
  std::vector<Pass> passes;
  /// What the device was programmed with; empty for software, and for devices that run the
  /// schedule as it is.
  std::optional<std::vector<std::byte>> program;
  /// Bytes that the sequence needs beside its maps. Hardware: shader texts and textures of
  /// constants; software: the variables, neutral ones included.
  std::int64_t bytes = 0;

  std::vector<Layer> layers() const;
};

/// The average, least and greatest of power measurements, in milliwatts.
struct PowerRange {
  double average = 0;
  double least = 0;
  double greatest = 0;
};

/// How fast a sequence ran, and what it took, in the last inference. What was not measured is
/// absent: durations need Model::setClock, power needs a device that reports events.
/// Source  akida-runtime-api, Model.statistics.
struct SequenceStatistics {
  std::optional<double> fps;
  std::optional<PowerRange> power;
  std::optional<double> energy;  ///< millijoules a frame

  /// One line each: frame rate, power, energy.
  std::string toString() const;
};

/// Statistics of an inference from the metrics of a model and the power events of its duration, of
/// which the first is dropped: it began before.
SequenceStatistics statisticsOf(const std::map<std::string, double>& metrics,
                                const std::vector<PowerEvent>& events);

}  // namespace glint::api
