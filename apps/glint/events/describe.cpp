#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "apps/glint/events/events.h"
#include "apps/glint/output.h"
#include "apps/glint/picture/image.h"

namespace glint::cli {
namespace {

using events::Event;

constexpr int kLargestSide = 16384;  // pixels: the largest coordinates that formats have
constexpr int kLeastPicture = 256;   // pixels of the picture's longer side

/// What the events of a recording have in common.
struct Extents {
  std::int64_t count = 0, on = 0, backwards = 0;
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  std::int64_t last = std::numeric_limits<std::int64_t>::min();
  std::int64_t latest = std::numeric_limits<std::int64_t>::min();  ///< of the event before
  std::int64_t gap = 0;        ///< longest time between neighbours, microseconds
  std::int64_t gapBefore = 0;  ///< the event behind it, from 0
  int left = kLargestSide * 4, top = kLargestSide * 4, right = -1, bottom = -1;

  void add(const Event& event) {
    if (count > 0 && event.time - latest > gap) {
      gap = event.time - latest;
      gapBefore = count;
    }
    ++count;
    on += event.on ? 1 : 0;
    if (event.time < latest) ++backwards;
    latest = event.time;
    first = std::min(first, event.time);
    last = std::max(last, event.time);
    left = std::min<int>(left, event.x);
    right = std::max<int>(right, event.x);
    top = std::min<int>(top, event.y);
    bottom = std::max<int>(bottom, event.y);
  }
  /// More than half of the time passes between two neighbours of many: a time may be wrong.
  bool hasOutlier() const { return count > 2 && gap > (last - first) / 2; }
  double seconds() const { return count == 0 ? 0 : static_cast<double>(last - first) * 1e-6; }
};

/// Where brightness rose more often than it fell, bright; the other way round, dark.
Result<picture::Image> pictureOf(const EventsOptions& options, const Extents& extents, int width,
                                 int height, Progress& progress) {
  if (extents.count == 0) {
    return Error{Errc::Value, options.recording + ": without events there is no picture"};
  }
  if (std::max(width, height) > kLargestSide) {
    return Error{Errc::Value, options.recording + ": a picture of " + std::to_string(width) + "x" +
                                  std::to_string(height) + " pixels, legal: up to " +
                                  std::to_string(kLargestSide) + " a side"};
  }
  std::vector<std::int64_t> sums(static_cast<std::size_t>(width) *
                                 static_cast<std::size_t>(height));
  const EventSink add = [&](std::span<const Event> part, std::int64_t) -> Result<bool> {
    for (const Event& event : part) {
      sums[static_cast<std::size_t>(event.y) * static_cast<std::size_t>(width) + event.x] +=
          event.on ? 1 : -1;
    }
    return true;
  };
  GLINT_TRY(forEachPart(options.recording, options.read, progress, add));
  double most = 1;
  for (const std::int64_t sum : sums) most = std::max(most, std::abs(static_cast<double>(sum)));
  const int scale = std::max(1, kLeastPicture / std::max(width, height));
  picture::Image image(width * scale, height * scale, 1);
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const auto sum = static_cast<double>(
          sums[static_cast<std::size_t>(y / scale) * static_cast<std::size_t>(width) +
               static_cast<std::size_t>(x / scale)]);
      const double shade = std::log1p(std::abs(sum)) / std::log1p(most);
      *image.at(x, y) =
          static_cast<std::uint8_t>(std::lround(128 + std::copysign(127 * shade, sum)));
    }
  }
  return image;
}

Json reportOf(const EventsOptions& options, const RecordingPass& pass, const Extents& extents) {
  Json report = Json::object();
  report.set("recording", options.recording);
  report.set("format", events::name(pass.info.format));
  if (pass.info.width > 0) report.set("sensor", text("%dx%d", pass.info.width, pass.info.height));
  if (pass.info.eventStreams > 1) report.set("event_streams", pass.info.eventStreams);
  report.set("events", extents.count);
  report.set("on", extents.on);
  report.set("off", extents.count - extents.on);
  report.set("duration_s", extents.seconds());
  if (extents.seconds() > 0) {
    report.set("events_per_s", static_cast<double>(extents.count) / extents.seconds());
  }
  if (extents.count > 0) {
    report.set("first_us", extents.first);
    report.set("last_us", extents.last);
    report.set("x", Json(Json::Array{extents.left, extents.right}));
    report.set("y", Json(Json::Array{extents.top, extents.bottom}));
    report.set("back_in_time", extents.backwards);
    report.set("longest_gap_us", extents.gap);
  }
  if (pass.damage) report.set("damage", pass.damage->message);
  return report;
}

void printReport(const RecordingPass& pass, const Extents& extents) {
  std::string format = std::string("format    ") + events::name(pass.info.format);
  if (pass.info.width > 0) format += text(", %dx%d pixels", pass.info.width, pass.info.height);
  if (pass.info.eventStreams > 1) {
    format += ", " + std::to_string(pass.info.eventStreams) + " streams of events";
  }
  print(format);
  std::string count = "events    " + grouped(extents.count);
  if (extents.count > 0) {
    count += text(": %.1f %% on, %.1f %% off",
                  100. * static_cast<double>(extents.on) / static_cast<double>(extents.count),
                  100. * static_cast<double>(extents.count - extents.on) /
                      static_cast<double>(extents.count));
  }
  print(count);
  if (extents.count == 0) return;
  print("time      " + text("%.6f s, from %lld to %lld us", extents.seconds(),
                            static_cast<long long>(extents.first),
                            static_cast<long long>(extents.last)));
  if (extents.seconds() > 0) {
    print("rate      " +
          grouped(std::llround(static_cast<double>(extents.count) / extents.seconds())) +
          " events a second");
  }
  print("extent    " +
        text("x %d to %d, y %d to %d", extents.left, extents.right, extents.top, extents.bottom));
  if (extents.hasOutlier()) {
    print("gap       " + grouped(extents.gap) + " us without events before event " +
          grouped(extents.gapBefore) + " (from 0), more than half of the time; is a time wrong?");
  }
  if (extents.backwards > 0) {
    print("order     " + grouped(extents.backwards) +
          " events are earlier than the one before; --sort puts them in order");
  }
}

}  // namespace

Result<int> describeRecording(const EventsOptions& options) {
  Progress progress;
  Extents extents;
  const EventSink add = [&](std::span<const Event> part, std::int64_t) -> Result<bool> {
    for (const Event& event : part) extents.add(event);
    return true;
  };
  GLINT_ASSIGN(const RecordingPass pass,
               forEachPart(options.recording, options.read, progress, add));
  if (!options.picture.empty()) {
    const int width = pass.info.width > 0 ? pass.info.width : extents.right + 1;
    const int height = pass.info.height > 0 ? pass.info.height : extents.bottom + 1;
    GLINT_ASSIGN(const picture::Image image, pictureOf(options, extents, width, height, progress));
    GLINT_TRY(picture::saveImage(options.picture, image));
  }
  progress.clear();
  if (pass.damage) note("note: " + pass.damage->message + "; what comes before counts");
  if (options.common.json) {
    Json report = reportOf(options, pass, extents);
    if (!options.picture.empty()) report.set("picture", options.picture);
    printJson(report);
    return kDone;
  }
  printReport(pass, extents);
  if (!options.picture.empty()) print("wrote     " + options.picture);
  return kDone;
}

}  // namespace glint::cli
