#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/sensor_view.h"
#include "nnets/devices/dynapcnn_chip.h"
#include "nnets/graph/model.h"

namespace glint::cli {

/// A network that takes frames of events and gives spikes.
struct EventNetwork {
  Model model;
  events::SensorView::Size input;  ///< pixels of a frame
  int channels = 2;                ///< polarities: 2, or 1 with both added up
  int classes = 0;                 ///< channels of the output

  /// The spiking layers, as chips see them, by layer index.
  struct Spiking {
    int layer = 0;
    dynapcnn::ChipLayer facts;
  };
  std::vector<Spiking> spiking;
};

/// Reads a model file, or a network that sinabs recorded. Errors: those of the file; Value, with
/// the path: a network that does not take frames of events, or whose output is no spikes: it has
/// no DynapcnnLayer and is for pictures.
Result<EventNetwork> loadEventNetwork(const std::string& path);

}  // namespace glint::cli
