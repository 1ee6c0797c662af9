#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "events/event.h"

namespace glint::events {

/// The formats that are read; docs/events.md has their bytes and sources.
enum class Format : std::uint8_t { Nmnist, Npy, Aedat4, Evt2, Evt3, Dat };

/// "N-MNIST", "EVT3", ...
const char* name(Format format);

/// What a file says of itself.
struct RecordingInfo {
  Format format = Format::Npy;
  int width = 0;  ///< pixels of the sensor; 0: the file does not say
  int height = 0;
  int eventStreams = 1;  ///< how many cameras or filters an AEDAT4 file has recorded
};

struct ReadOptions {
  /// What the columns of a .npy file of plain numbers [N, 4] are.
  std::string columns = "xytp";
  /// Microseconds that one unit of time in a .npy file stands for: 1000 for milliseconds.
  std::int64_t timeUnit = 1;
  /// Which of the event streams of an AEDAT4 file, from 0 in the order of its header.
  int stream = 0;
};

/// A recording of an event camera, read part by part in the order of the file. Its memory does not
/// grow with the file.
class EventReader {
 public:
  virtual ~EventReader() = default;
  EventReader(const EventReader&) = delete;
  EventReader& operator=(const EventReader&) = delete;

  /// The format is told by the content; a file without a mark of its own is N-MNIST if it is called
  /// .bin or .bs2. Errors: File; Format, with the byte offset, what is there and what is legal;
  /// Unsupported.
  static Result<std::unique_ptr<EventReader>> open(const std::string& path,
                                                   const ReadOptions& options = {});
  /// The same for bytes that outlive the reader; `name` is the file's, for errors.
  static Result<std::unique_ptr<EventReader>> open(std::span<const std::byte> bytes,
                                                   const std::string& name,
                                                   const ReadOptions& options = {});

  const RecordingInfo& info() const { return info_; }

  /// Appends the events of the next part, perhaps none. False at the end of the file.
  /// Errors: Format, with the byte offset: `events` has got all events before the damage.
  virtual Result<bool> next(std::vector<Event>& events) = 0;

  /// Bytes of the file that have been read, for progress.
  virtual std::uint64_t offset() const = 0;

 protected:
  EventReader() = default;
  RecordingInfo info_;
};

/// All events of a file.
struct Recording {
  RecordingInfo info;
  std::vector<Event> events;
  std::optional<Error> damage;  ///< why the events end before the file does
};

/// Reads a whole file. A damaged one is refused, or, with `upToDamage`, delivered up to there with
/// the error in `damage`; one whose header is damaged is refused.
Result<Recording> readRecording(EventReader& reader, bool upToDamage = false);
Result<Recording> readRecording(const std::string& path, const ReadOptions& options = {},
                                bool upToDamage = false);

}  // namespace glint::events
