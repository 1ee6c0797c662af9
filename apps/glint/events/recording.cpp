#include "apps/glint/events/recording.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "apps/glint/output.h"

namespace glint::cli {
namespace {

using events::Event;
using events::EventReader;
using events::SensorView;

std::int64_t bytesOf(const std::string& path) {
  std::error_code unknown;
  const auto size = std::filesystem::file_size(path, unknown);
  return unknown ? 0 : static_cast<std::int64_t>(size);
}

/// What the view shows of the sensor; of a sensor whose size is not known, what the frames take.
Result<SensorView::Size> viewedSize(const events::RecordingInfo& info, const SensorView& view,
                                    SensorView::Size frame) {
  if (info.width > 0 && info.height > 0) return view.sizeOf(info.width, info.height);
  if (view.width > 0)
    return view.sizeOf(view.pool * (view.left + view.width), view.pool * (view.top + view.height));
  const int columns = view.swapXY ? frame.height : frame.width;
  const int rows = view.swapXY ? frame.width : frame.height;
  return view.sizeOf(view.pool * (view.left + columns), view.pool * (view.top + rows));
}

/// Shows which step runs, ten times a second.
class StepProgress {
 public:
  StepProgress(Progress& progress, const std::string& path, std::int64_t most)
      : progress_(progress),
        file_(std::filesystem::path(path).filename().string()),
        bytes_(bytesOf(path)),
        most_(most) {}

  /// `offset`: bytes of the file up to the step's part.
  void show(std::int64_t step, std::int64_t offset) {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < std::chrono::milliseconds(100)) return;
    last_ = now;
    if (most_ > 0) {
      progress_.show("steps of " + file_, step, most_);
    } else {
      progress_.show("step " + grouped(step) + " of " + file_, offset, bytes_);
    }
  }

 private:
  Progress& progress_;
  std::string file_;
  std::int64_t bytes_, most_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

std::string sizeText(SensorView::Size size) {
  return std::to_string(size.width) + "x" + std::to_string(size.height);
}

/// The options that make a recording fit.
std::string viewAdvice(SensorView::Size frame, bool swapXY) {
  if (swapXY) std::swap(frame.width, frame.height);
  return "--pool N makes one pixel of NxN, --crop " + sizeText(frame) + "+LEFT+TOP takes a part";
}

Status checkSize(SensorView::Size seen, SensorView::Size frame, bool swapXY) {
  if (seen.width <= frame.width && seen.height <= frame.height) return {};
  return Error{Errc::Value, "the recording shows " + sizeText(seen) +
                                " pixels, the network takes " + sizeText(frame) + "; " +
                                viewAdvice(frame, swapXY)};
}

/// How events lie that a view leaves out which nobody asked for.
std::string outsideText(const RecordingPass& pass, SensorView::Size extent, SensorView::Size frame,
                        bool swapXY) {
  return (pass.unseen == pass.events ? "all " : grouped(pass.unseen) + " of ") +
         grouped(pass.events) + " events lie outside: they fill " + sizeText(extent) +
         " pixels, the network sees " + sizeText(frame) + " at the top left; " +
         viewAdvice(frame, swapXY);
}

}  // namespace

Result<RecordingPass> forEachPart(const std::string& path, const RecordingOptions& options,
                                  Progress& progress, const EventSink& sink) {
  GLINT_ASSIGN(const auto reader, EventReader::open(path, options.file));
  RecordingPass pass;
  pass.info = reader->info();
  if (options.sort) {
    GLINT_ASSIGN(events::Recording all, events::readRecording(*reader, options.upToDamage));
    std::stable_sort(all.events.begin(), all.events.end(),
                     [](const Event& a, const Event& b) { return a.time < b.time; });
    pass.events = static_cast<std::int64_t>(all.events.size());
    pass.damage = std::move(all.damage);
    GLINT_TRY(sink(all.events, bytesOf(path)));
    return pass;
  }
  const std::int64_t bytes = bytesOf(path);
  std::vector<Event> part;
  for (bool more = true; more;) {
    part.clear();
    const Result<bool> next = reader->next(part);
    if (!next.ok() && (!options.upToDamage || next.error().code != Errc::Format)) {
      return next.error();
    }
    if (!next.ok()) pass.damage = next.error();
    pass.events += static_cast<std::int64_t>(part.size());
    const auto offset = static_cast<std::int64_t>(reader->offset());
    GLINT_ASSIGN(const bool wanted, sink(part, offset));
    more = wanted && next.ok() && *next;
    progress.show("reading " + std::filesystem::path(path).filename().string(), offset, bytes);
  }
  return pass;
}

Result<RecordingPass> forEachFrame(const std::string& path, const RecordingOptions& options,
                                   SensorView::Size size, int channels, Progress& progress,
                                   const events::Framer::Sink& sink) {
  SensorView::Size seen;
  {
    GLINT_ASSIGN(const auto reader, EventReader::open(path, options.file));
    Result<SensorView::Size> viewed = viewedSize(reader->info(), options.view, size);
    if (!viewed.ok()) return within(path, viewed.error());
    seen = *viewed;
    if (Status fits = checkSize(seen, size, options.view.swapXY); !fits.ok())
      return within(path, fits.error());
  }
  events::FrameOptions frames{options.by,  options.step,  size.width,
                              size.height, channels == 1, options.keepLast};
  frames.listEvents = options.listEvents;
  frames.most = options.most;
  GLINT_ASSIGN(events::Framer framer, events::Framer::create(frames));
  StepProgress steps(progress, path, options.most);
  SensorView::Size extent;
  std::int64_t count = 0, offset = 0, unseen = 0, ran = 0, passed = 0;
  const auto take = [&](const events::Frame& frame) -> Status {
    ++count;
    ran += frame.events + frame.passed;
    passed += frame.passed;
    steps.show(count, offset);
    return sink(frame);
  };
  const EventSink push = [&](std::span<const Event> part, std::int64_t end) -> Result<bool> {
    offset = end;
    for (const Event& event : part) {
      extent.width = std::max(extent.width, event.x + 1);
      extent.height = std::max(extent.height, event.y + 1);
      Event moved = event;
      const bool visible = options.view.see(moved, seen);
      if (!visible) ++unseen;
      const Status status =
          visible ? framer.push(std::span(&moved, 1), take) : framer.passOver(event, take);
      if (!status.ok()) {
        return status.error().code == Errc::Value ? within(path, status.error()) : status.error();
      }
    }
    return !framer.full();
  };
  GLINT_ASSIGN(RecordingPass pass, forEachPart(path, options, progress, push));
  GLINT_TRY(framer.finish(take));
  pass.unseen = unseen;
  if (framer.full()) {  // what was read beyond, to the end of a part, did not run
    pass.events = ran;
    pass.unseen = passed;
  }
  if (pass.unseen > 0 && options.view.width == 0 && options.view.pool == 1) {
    pass.remark = outsideText(pass, extent, size, options.view.swapXY);
    if (pass.unseen == pass.events && !framer.full()) {
      return Error{Errc::Value, path + ": " + pass.remark};
    }
  }
  pass.frames = count;
  pass.seen = seen;
  return pass;
}

}  // namespace glint::cli
