#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/result.h"
#include "core/tensor.h"
#include "events/event.h"

/// Rasters, a count for every step, position and feature, and the spikes that a chip takes and
/// gives. Source: sinabs v2.1.0, sinabs/backend/dynapcnn/chip_factory.py.
/// A raster is I32 [steps, rows, columns, features]; sinabs has [steps, features, rows, columns].
namespace glint::events {

/// What travels between the cores of a chip.
struct Spike {
  int layer = 0;          ///< core it goes to or comes from
  std::int64_t time = 0;  ///< microseconds
  int x = 0;              ///< column
  int y = 0;              ///< row
  int feature = 0;

  bool operator==(const Spike&) const = default;
};

struct RasterOptions {
  int layer = 0;
  double dt = 1e-3;       ///< seconds a step
  bool truncate = false;  ///< one spike for a count, however large
  double delay = 0;       ///< seconds that are added to all times
};

/// A count n becomes n spikes at the begin of its step, int(step * 1e6 * dt + delay * 1e6) in
/// double. Those of a step come with the largest counts first; cells of one count n, by feature,
/// row and column, come n times one after the other. Errors: Value, a raster of another shape or
/// with a negative count, a dt or delay that is no positive number, more than 2^31 spikes.
Result<std::vector<Spike>> spikesOf(const Tensor& raster, const RasterOptions& options = {});

struct RasterShape {
  std::int64_t rows = 0, columns = 0, features = 0;
};

/// The counts of spikes in steps of `dt` seconds from the first spike on, up to the last one.
/// Without a shape the raster is as large as the largest positions. Errors: Value, a spike before
/// the first one or outside the shape, a raster of more than 4 GiB.
Result<Tensor> rasterOf(std::span<const Spike> spikes, double dt,
                        const std::optional<RasterShape>& shape = std::nullopt);

/// Events as spikes: the polarity is the feature; `reset`: times count from the earliest event.
std::vector<Spike> spikesOf(std::span<const Event> events, int layer, bool reset = false);

}  // namespace glint::events
