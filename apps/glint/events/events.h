#pragma once

#include <string>
#include <vector>

#include "apps/glint/events/recording.h"
#include "apps/glint/options.h"

namespace glint::cli {

/// What `glint events` was asked for.
struct EventsOptions {
  CommonOptions common;
  std::string net, recording;
  RecordingOptions read;
  std::string picture, plot;  ///< files to write; empty: none
  std::string chip;           ///< "speck2fmodule:0"; empty: none
  std::string chipConfig;     ///< file to write; empty: none
  std::string ofNetworks;     ///< an option that was given and needs a network, "--by"; empty: none
  bool check = false;         ///< compare each step with the reference
  bool countOnGpu = false;    ///< the events of each step, too
  bool noOperations = false;  ///< leave synaptic operations out, which take a second pass
};

/// What is in the recording.
Result<int> describeRecording(const EventsOptions& options);
/// A network runs on the recording, step by step.
Result<int> runOnRecording(const EventsOptions& options);

}  // namespace glint::cli
