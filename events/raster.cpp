#include "events/raster.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <tuple>
#include <utility>

namespace glint::events {
namespace {

constexpr double kMicroseconds = 1e6;  // in a second
constexpr std::int64_t kMostSpikes = std::int64_t{1} << 31;
constexpr std::int64_t kMostValues = std::int64_t{1} << 30;  // 4 GiB
constexpr double kLatest = 0x1p60;                           // microseconds

Error valueError(std::string message) { return {Errc::Value, std::move(message)}; }

bool isPositive(double seconds) { return std::isfinite(seconds) && seconds > 0; }

/// A count and where it is.
struct Cell {
  std::int64_t step = 0, count = 0;
  Spike spike;
};

/// The counts that are not zero, in the order of their spikes.
Result<std::vector<Cell>> cellsOf(const Tensor& raster, const RasterOptions& options) {
  std::vector<Cell> cells;
  std::int64_t i = 0, spikes = 0;
  const Shape& shape = raster.shape();
  for (std::int64_t t = 0; t < shape[0]; ++t) {
    for (std::int64_t y = 0; y < shape[1]; ++y) {
      for (std::int64_t x = 0; x < shape[2]; ++x) {
        for (std::int64_t c = 0; c < shape[3]; ++c, ++i) {
          const std::int64_t count = raster.integer(i);
          if (count < 0) return valueError("a raster with a count of " + std::to_string(count));
          if (count == 0) continue;
          spikes += options.truncate ? 1 : count;
          if (spikes > kMostSpikes) return valueError("a raster of more than 2^31 spikes");
          cells.push_back(
              {t,
               options.truncate ? 1 : count,
               {options.layer, 0, static_cast<int>(x), static_cast<int>(y), static_cast<int>(c)}});
        }
      }
    }
  }
  std::sort(cells.begin(), cells.end(), [](const Cell& a, const Cell& b) {
    const auto key = [](const Cell& cell) {
      return std::tuple(cell.step, -cell.count, cell.spike.feature, cell.spike.y, cell.spike.x);
    };
    return key(a) < key(b);
  });
  return cells;
}

/// The smallest shape that holds all spikes.
RasterShape extentOf(std::span<const Spike> spikes) {
  RasterShape shape;
  for (const Spike& spike : spikes) {
    shape.rows = std::max(shape.rows, std::int64_t{spike.y} + 1);
    shape.columns = std::max(shape.columns, std::int64_t{spike.x} + 1);
    shape.features = std::max(shape.features, std::int64_t{spike.feature} + 1);
  }
  return shape;
}

}  // namespace

Result<std::vector<Spike>> spikesOf(const Tensor& raster, const RasterOptions& options) {
  if (raster.shape().rank() != 4 || !isInteger(raster.type())) {
    return valueError("a raster " + raster.shape().toString() + " of " +
                      std::string(name(raster.type())) +
                      ", legal: integers [steps, rows, columns, features]");
  }
  const double last = static_cast<double>(raster.shape()[0]) * kMicroseconds * options.dt +
                      options.delay * kMicroseconds;
  if (!isPositive(options.dt) || !(options.delay >= 0) || !(last < kLatest)) {
    return valueError("steps of " + std::to_string(options.dt) + " s and a delay of " +
                      std::to_string(options.delay) + " s, legal: above 0, and 0 or more");
  }
  GLINT_ASSIGN(const std::vector<Cell> cells, cellsOf(raster, options));
  std::vector<Spike> spikes;
  for (auto at = cells.begin(); at != cells.end();) {
    const auto end = std::find_if(at, cells.end(), [&](const Cell& cell) {
      return cell.step != at->step || cell.count != at->count;
    });
    const double time = static_cast<double>(at->step) * kMicroseconds * options.dt;
    for (std::int64_t times = 0; times < at->count; ++times) {
      for (auto cell = at; cell != end; ++cell) {
        spikes.push_back(cell->spike);
        spikes.back().time = static_cast<std::int64_t>(time + options.delay * kMicroseconds);
      }
    }
    at = end;
  }
  return spikes;
}

Result<Tensor> rasterOf(std::span<const Spike> spikes, double dt,
                        const std::optional<RasterShape>& shape) {
  const double step = dt * kMicroseconds;
  if (!isPositive(step)) {
    return valueError("steps of " + std::to_string(dt) + " s, legal: above 0");
  }
  const RasterShape size = shape.value_or(extentOf(spikes));
  double last = 0;
  for (const Spike& spike : spikes) {
    const double time = static_cast<double>(spike.time - spikes[0].time);
    if (time < 0 || spike.x < 0 || spike.y < 0 || spike.feature < 0 || spike.x >= size.columns ||
        spike.y >= size.rows || spike.feature >= size.features) {
      return valueError("a spike at " + std::to_string(spike.time) + " us, x " +
                        std::to_string(spike.x) + ", y " + std::to_string(spike.y) + ", feature " +
                        std::to_string(spike.feature) + ": before the first one, or outside " +
                        Shape{size.rows, size.columns, size.features}.toString());
    }
    last = std::max(last, time);
  }
  const double steps = spikes.empty() ? 0 : std::floor(last / step) + 1;
  const double values = steps * static_cast<double>(size.rows) * static_cast<double>(size.columns) *
                        static_cast<double>(size.features);
  if (!(values <= static_cast<double>(kMostValues))) {
    return valueError("a raster of " + std::to_string(steps) + " steps takes more than 4 GiB");
  }
  Tensor raster(DType::I32,
                {static_cast<std::int64_t>(steps), size.rows, size.columns, size.features});
  const auto counts = raster.as<std::int32_t>();
  for (const Spike& spike : spikes) {
    const auto t =
        static_cast<std::int64_t>(static_cast<double>(spike.time - spikes[0].time) / step);
    const std::int64_t at =
        ((t * size.rows + spike.y) * size.columns + spike.x) * size.features + spike.feature;
    ++counts[static_cast<std::size_t>(at)];
  }
  return raster;
}

std::vector<Spike> spikesOf(std::span<const Event> events, int layer, bool reset) {
  std::vector<Spike> spikes;
  std::int64_t begin = 0;
  if (reset && !events.empty()) {
    begin = std::min_element(events.begin(), events.end(), [](const Event& a, const Event& b) {
              return a.time < b.time;
            })->time;
  }
  for (const Event& event : events) {
    spikes.push_back({layer, event.time - begin, event.x, event.y, event.on ? 1 : 0});
  }
  return spikes;
}

}  // namespace glint::events
