#include "events/frames.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace glint::events {
namespace {

constexpr std::int64_t kMostBytes = std::int64_t{1} << 32;

Error valueError(std::string message) { return {Errc::Value, std::move(message)}; }

std::string at(const Event& event) {
  return "the event at " + std::to_string(event.time) + " us, x " + std::to_string(event.x) +
         ", y " + std::to_string(event.y);
}

}  // namespace

Framer::Framer(const FrameOptions& options) : options_(options) {
  if (!options.listEvents) {
    frame_.counts = Tensor(DType::I32, {options.height, options.width, options.channels()});
  }
}

Result<Framer> Framer::create(const FrameOptions& options) {
  if (options.step < 1) {
    return valueError("frames of " + std::to_string(options.step) +
                      (options.by == FrameBy::Time ? " us" : " events") + ", legal: 1 or more");
  }
  if (std::min(options.width, options.height) < 1 ||
      std::max(options.width, options.height) > 65536) {
    return valueError("frames of " + std::to_string(options.width) + "x" +
                      std::to_string(options.height) + " pixels, legal: 1 to 65536 a side");
  }
  return Framer(options);
}

Status Framer::emit(const Sink& sink) {
  if (frame_.index == kMostFrames) {
    return valueError("more than " + std::to_string(kMostFrames) + " frames of " +
                      std::to_string(options_.step) +
                      (options_.by == FrameBy::Time ? " us; a time that is far off, or take longer "
                                                      "frames"
                                                    : " events; take more of them a frame"));
  }
  GLINT_TRY(sink(frame_));
  ++frame_.index;
  frame_.begin += options_.by == FrameBy::Time ? options_.step : 0;
  if (frame_.events > 0)
    std::fill(frame_.counts.bytes().begin(), frame_.counts.bytes().end(), std::byte{0});
  frame_.events = 0;
  frame_.passed = 0;
  frame_.list.clear();
  return {};
}

Status Framer::advance(const Event& event, const Sink& sink) {
  if (!begun_) frame_.begin = event.time;
  begun_ = true;
  if (event.time < frame_.begin) {
    return valueError(at(event) + ", comes after its frame, which ended at " +
                      std::to_string(frame_.begin) + " us; sort the events by time");
  }
  const std::int64_t over = (event.time - frame_.begin) / options_.step;
  if (options_.most == 0 && over - 1 > kMostSilent) {
    return valueError(at(event) + ", number " + std::to_string(events_) + " from 0, comes " +
                      std::to_string(over - 1) + " frames of " + std::to_string(options_.step) +
                      " us without events after the one before, legal: up to " +
                      std::to_string(kMostSilent) +
                      "; is its time wrong? In glint events, --steps N ends before it, and --by "
                      "time MS takes longer steps");
  }
  for (std::int64_t i = 0; i < over && !full(); ++i) GLINT_TRY(emit(sink));
  return {};
}

Status Framer::add(const Event& event, const Sink& sink) {
  if (options_.by == FrameBy::Count && frame_.events == 0) frame_.begin = event.time;
  if (options_.by == FrameBy::Time) GLINT_TRY(advance(event, sink));
  if (full()) return {};
  if (event.x >= options_.width || event.y >= options_.height) {
    return valueError(at(event) + ", lies outside frames of " + std::to_string(options_.width) +
                      "x" + std::to_string(options_.height) + " pixels; crop or pool the events");
  }
  if (options_.listEvents) {
    frame_.list.push_back(event);
    return counted(sink);
  }
  const auto pixel =
      static_cast<std::size_t>(event.y) * static_cast<std::size_t>(options_.width) + event.x;
  const auto channels = static_cast<std::size_t>(options_.channels());
  std::int32_t& count =
      frame_.counts.as<std::int32_t>()[pixel * channels + (channels == 2 && event.on ? 1 : 0)];
  if (count == std::numeric_limits<std::int32_t>::max()) {
    return valueError(at(event) + ": more than 2^31 - 1 events in one pixel of a frame");
  }
  ++count;
  return counted(sink);
}

Status Framer::counted(const Sink& sink) {
  ++frame_.events;
  if (options_.by == FrameBy::Count && frame_.events == options_.step) return emit(sink);
  return {};
}

Status Framer::push(std::span<const Event> events, const Sink& sink) {
  for (const Event& event : events) {
    if (full()) break;
    GLINT_TRY(add(event, sink));
    ++events_;
  }
  return {};
}

Status Framer::passOver(const Event& event, const Sink& sink) {
  if (!full() && options_.by == FrameBy::Time) GLINT_TRY(advance(event, sink));
  if (full()) return {};
  ++frame_.passed;
  ++events_;
  return {};
}

Status Framer::finish(const Sink& sink) {
  if (!options_.keepIncomplete || frame_.events == 0 || full()) return {};
  return emit(sink);
}

Result<Tensor> framesOf(std::span<const Event> events, const FrameOptions& options) {
  FrameOptions counted = options;
  counted.listEvents = false;
  GLINT_ASSIGN(Framer framer, Framer::create(counted));
  std::vector<std::byte> bytes;
  std::int64_t frames = 0;
  const Framer::Sink keep = [&](const Frame& frame) -> Status {
    const auto counts = frame.counts.bytes();
    if (static_cast<std::int64_t>(bytes.size() + counts.size()) > kMostBytes) {
      return valueError("frames of " + std::to_string(options.width) + "x" +
                        std::to_string(options.height) + " pixels take more than 4 GiB after " +
                        std::to_string(frames) + " of them; take them one by one");
    }
    bytes.insert(bytes.end(), counts.begin(), counts.end());
    ++frames;
    return {};
  };
  GLINT_TRY(framer.push(events, keep));
  GLINT_TRY(framer.finish(keep));
  Tensor all(DType::I32, {frames, options.height, options.width, options.channels()});
  std::copy(bytes.begin(), bytes.end(), all.bytes().begin());
  return all;
}

}  // namespace glint::events
