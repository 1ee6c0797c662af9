#include "events/event_reader.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

#include "events/formats.h"

namespace glint::events {
namespace {

constexpr std::size_t kPart = 16 * 1024;  // records that are decoded at once

/// "recording.RAW" -> "raw".
std::string extensionOf(const std::string& name) {
  const std::size_t slash = name.find_last_of('/');
  const std::size_t dot = name.find_last_of('.');
  if (dot == std::string::npos || (slash != std::string::npos && dot < slash)) return {};
  std::string extension = name.substr(dot + 1);
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](char c) { return static_cast<char>(std::tolower(c)); });
  return extension;
}

bool beginsWith(std::span<const std::byte> bytes, std::string_view text) {
  return bytes.size() >= text.size() &&
         std::equal(text.begin(), text.end(), bytes.begin(),
                    [](char c, std::byte b) { return static_cast<std::byte>(c) == b; });
}

Result<std::unique_ptr<EventReader>> openStream(ByteStream stream, const ReadOptions& options) {
  GLINT_ASSIGN(const auto start, stream.peek(16));
  const std::string extension = extensionOf(stream.name());
  if (beginsWith(start, "#!AER-DAT")) return openAedat4(std::move(stream), options);
  if (beginsWith(start, "\x93NUMPY")) return openNpy(std::move(stream), options);
  if (beginsWith(start, "%")) return openProphesee(std::move(stream));
  // Those below have no mark, or lost it: they say what it would be.
  if (extension == "aedat4" || extension == "aedat") return openAedat4(std::move(stream), options);
  if (extension == "npy") return openNpy(std::move(stream), options);
  if (extension == "raw" || extension == "dat") return openProphesee(std::move(stream));
  if (extension == "bin" || extension == "bs2") return openNmnist(std::move(stream));
  return stream.damagedAt(0,
                          "no known recording begins like this; legal: AEDAT 4.0, EVT2 or EVT3 "
                          "(.raw), DAT, NumPy (.npy), N-MNIST (called .bin or .bs2)");
}

}  // namespace

const char* name(Format format) {
  constexpr const char* kNames[] = {"N-MNIST", "NumPy", "AEDAT4", "EVT2", "EVT3", "DAT"};
  return kNames[static_cast<int>(format)];
}

Result<std::unique_ptr<EventReader>> EventReader::open(const std::string& path,
                                                       const ReadOptions& options) {
  GLINT_ASSIGN(ByteStream stream, ByteStream::open(path));
  return openStream(std::move(stream), options);
}

Result<std::unique_ptr<EventReader>> EventReader::open(std::span<const std::byte> bytes,
                                                       const std::string& name,
                                                       const ReadOptions& options) {
  return openStream(ByteStream::of(bytes, name), options);
}

Result<bool> RecordReader::next(std::vector<Event>& events) {
  GLINT_ASSIGN(const auto bytes, stream_.peek(kPart * recordSize_));
  const std::size_t whole = bytes.size() / recordSize_;
  if (whole == 0) {
    GLINT_TRY(end(bytes.size()));
    return false;
  }
  for (std::size_t i = 0; i < whole; ++i) {
    std::string error;
    if (record(bytes.data() + i * recordSize_, events, error)) continue;
    return stream_.damagedAt(stream_.offset() + i * recordSize_, error);
  }
  stream_.skip(whole * recordSize_);
  return true;
}

Status RecordReader::end(std::size_t left) {
  if (left == 0) return {};
  return stream_.damaged("the last record is cut (" + std::to_string(left) +
                         " bytes): the data's " + "size is not a multiple of " +
                         std::to_string(recordSize_) + " bytes");
}

bool RecordReader::add(std::vector<Event>& events, const Event& event, std::string& error) const {
  error = outside(info_, event);
  if (error.empty()) events.push_back(event);
  return error.empty();
}

std::string outside(const RecordingInfo& info, const Event& event) {
  if ((info.width == 0 || event.x < info.width) && (info.height == 0 || event.y < info.height)) {
    return {};
  }
  return "an event at x " + std::to_string(event.x) + ", y " + std::to_string(event.y) +
         ", outside the sensor of " + std::to_string(info.width) + "x" +
         std::to_string(info.height) + " pixels that the header names";
}

Result<Recording> readRecording(EventReader& reader, bool upToDamage) {
  Recording recording;
  recording.info = reader.info();
  for (;;) {
    const Result<bool> more = reader.next(recording.events);
    if (!more.ok()) {
      if (!upToDamage || more.error().code != Errc::Format) return more.error();
      recording.damage = more.error();
    }
    if (!more.ok() || !*more) return recording;
  }
}

Result<Recording> readRecording(const std::string& path, const ReadOptions& options,
                                bool upToDamage) {
  GLINT_ASSIGN(const auto reader, EventReader::open(path, options));
  return readRecording(*reader, upToDamage);
}

}  // namespace glint::events
