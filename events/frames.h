#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/result.h"
#include "core/tensor.h"
#include "events/event.h"

namespace glint::events {

/// Where frames begin and end.
enum class FrameBy : std::uint8_t {
  Time,   ///< every so many microseconds, from the first event on; frames without events count, too
  Count,  ///< every so many events
};

struct FrameOptions {
  FrameBy by = FrameBy::Time;
  std::int64_t step = 1000;  ///< microseconds, or events; >= 1
  int width = 0;             ///< pixels; 1 to 65536
  int height = 0;
  bool mergePolarities = false;
  /// Whether the last frame counts although its time or its number of events is not reached.
  bool keepIncomplete = false;
  /// Whether frames list their events (Frame::list) in the place of counts, for who counts
  /// elsewhere.
  bool listEvents = false;
  /// Frames, behind which events are passed over; 0: all, and then no more than
  /// Framer::kMostSilent in a row are silent.
  std::int64_t most = 0;

  int channels() const { return mergePolarities ? 1 : 2; }
};

/// The events of a step, counted.
struct Frame {
  std::int64_t index = 0;   ///< from 0
  std::int64_t begin = 0;   ///< microseconds; of the first event for FrameBy::Count
  std::int64_t events = 0;  ///< in all
  std::int64_t passed = 0;  ///< besides: events that were passed over
  std::vector<Event> list;  ///< with listEvents, in the order in which they came
  Tensor counts;            ///< I32 [height, width, 2]: off, on; or [height, width, 1]
};

/// Turns events into frames as they come. The events of a frame may come in any order, frames not.
class Framer {
 public:
  using Sink = std::function<Status(const Frame&)>;

  /// Errors: Value, an option out of range.
  static Result<Framer> create(const FrameOptions& options);

  /// Counts events and calls `sink` with every frame that is complete. Errors: Value, an event
  /// outside the frames, one before its frame, one more than kMostSilent frames behind the one
  /// before, more than kMostFrames frames; those of the sink.
  Status push(std::span<const Event> events, const Sink& sink);
  /// An event that is not to be seen: time goes on to it. Errors: as those of push.
  Status passOver(const Event& event, const Sink& sink);
  /// Behind the last event: the incomplete frame, if it is wanted and not empty.
  Status finish(const Sink& sink);

  /// Whether `most` frames are complete.
  bool full() const { return options_.most > 0 && frame_.index >= options_.most; }

  /// A time that is far off would otherwise make frames without end.
  static constexpr std::int64_t kMostFrames = 10'000'000;
  /// Of a millisecond they are 17 minutes, in which every camera has noise: the time is wrong.
  static constexpr std::int64_t kMostSilent = 1'000'000;

 private:
  explicit Framer(const FrameOptions& options);
  /// Gives the frame to the sink and begins the next one.
  Status emit(const Sink& sink);
  Status add(const Event& event, const Sink& sink);
  /// Ends the frames, by time, that are over when the event comes; the first event begins the
  /// first one.
  Status advance(const Event& event, const Sink& sink);
  /// Behind each event of the frame.
  Status counted(const Sink& sink);

  FrameOptions options_;
  Frame frame_;
  bool begun_ = false;
  std::int64_t events_ = 0;  ///< that have come
};

/// All frames, I32 [frames, height, width, channels]. Errors: those of Framer, and frames that
/// would take more than 4 GiB.
Result<Tensor> framesOf(std::span<const Event> events, const FrameOptions& options);

}  // namespace glint::events
