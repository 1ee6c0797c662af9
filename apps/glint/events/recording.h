#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "apps/glint/progress.h"
#include "core/json.h"
#include "events/event_reader.h"
#include "events/frames.h"
#include "events/sensor_view.h"

namespace glint::cli {

/// How a recording is read and cut into steps.
struct RecordingOptions {
  events::ReadOptions file;
  events::SensorView view;
  events::FrameBy by = events::FrameBy::Time;
  std::int64_t step = 1000;  ///< microseconds, or events
  std::int64_t most = 0;     ///< steps; 0: all
  bool keepLast = false;     ///< the incomplete step at the end, too
  bool upToDamage = false;   ///< a damaged file counts up to the damage
  bool listEvents = false;   ///< frames list their events in the place of counts
  bool sort = false;         ///< sort the events by time first, all in memory
};

/// What a pass over a recording has found.
struct RecordingPass {
  events::RecordingInfo info;
  std::int64_t events = 0;  ///< that were read; with RecordingOptions::most, of the steps that ran
  std::int64_t unseen = 0;  ///< those of them that the crop leaves out
  std::int64_t frames = 0;
  events::SensorView::Size seen;  ///< what the frames' view shows
  /// That events lie outside although nobody asked for a part of the sensor; or empty.
  std::string remark;
  std::optional<Error> damage;  ///< where the file ended for us
};

/// Takes a part of the events, which ends at a byte of the file; false: that was enough.
using EventSink =
    std::function<Result<bool>(std::span<const events::Event>, std::int64_t endOffset)>;

/// Gives the events to `sink`, part by part, in the order of the file or of time. Progress shows
/// what is read. Errors: those of EventReader and of the sink.
Result<RecordingPass> forEachPart(const std::string& path, const RecordingOptions& options,
                                  Progress& progress, const EventSink& sink);

/// Gives frames of `width` by `height` with `channels` polarities to `sink`. Errors: besides, a
/// sensor that is larger than the frames, or all events outside of frames that nobody has placed:
/// the message names --crop and --pool.
Result<RecordingPass> forEachFrame(const std::string& path, const RecordingOptions& options,
                                   events::SensorView::Size size, int channels, Progress& progress,
                                   const events::Framer::Sink& sink);

}  // namespace glint::cli
