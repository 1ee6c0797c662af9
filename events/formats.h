#pragma once

#include "events/byte_stream.h"
#include "events/event_reader.h"

/// The readers of each format; EventReader::open chooses.
namespace glint::events {

Result<std::unique_ptr<EventReader>> openNmnist(ByteStream stream);
Result<std::unique_ptr<EventReader>> openNpy(ByteStream stream, const ReadOptions& options);
Result<std::unique_ptr<EventReader>> openAedat4(ByteStream stream, const ReadOptions& options);
/// EVT2, EVT3 or DAT: files with lines of text that begin with '%'.
Result<std::unique_ptr<EventReader>> openProphesee(ByteStream stream);

/// A reader of records of one size, one after the other up to the end of the file.
class RecordReader : public EventReader {
 public:
  std::uint64_t offset() const override { return stream_.offset(); }
  Result<bool> next(std::vector<Event>& events) final;

 protected:
  /// `stream` is at the first record.
  RecordReader(ByteStream stream, std::size_t recordSize)
      : stream_(std::move(stream)), recordSize_(recordSize) {}

  /// Adds the event of the record at `at`, if it is one. `error` is what is wrong with it.
  virtual bool record(const std::byte* at, std::vector<Event>& events, std::string& error) = 0;
  /// Called once behind the last whole record: with the number of bytes that are left over.
  virtual Status end(std::size_t left);

  /// Adds an event; false, with `error`, if it lies outside the sensor.
  bool add(std::vector<Event>& events, const Event& event, std::string& error) const;

  ByteStream stream_;

 private:
  std::size_t recordSize_;  ///< bytes
};

/// Why `event` cannot come from a sensor of `info`'s size, or nothing.
std::string outside(const RecordingInfo& info, const Event& event);

}  // namespace glint::events
