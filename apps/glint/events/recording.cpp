#include "apps/glint/events/recording.h"

#include <algorithm>
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

/// What goes through the view of a pass, and how much does not.
class Viewer {
 public:
  Viewer(const SensorView& view, SensorView::Size size) : view_(view), size_(size) {}

  std::span<const Event> see(std::span<const Event> all) {
    seen_.clear();
    for (Event event : all) {
      if (view_.see(event, size_)) seen_.push_back(event);
    }
    unseen_ += static_cast<std::int64_t>(all.size() - seen_.size());
    return seen_;
  }
  std::int64_t unseen() const { return unseen_; }

 private:
  SensorView view_;
  SensorView::Size size_;
  std::vector<Event> seen_;
  std::int64_t unseen_ = 0;
};

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

std::string sizeText(SensorView::Size size) {
  return std::to_string(size.width) + "x" + std::to_string(size.height);
}

Status checkSize(SensorView::Size seen, SensorView::Size frame) {
  if (seen.width <= frame.width && seen.height <= frame.height) return {};
  return Error{Errc::Value, "the recording shows " + sizeText(seen) +
                                " pixels, the network takes " + sizeText(frame) +
                                "; --pool N makes one pixel of NxN, --crop " + sizeText(frame) +
                                "+LEFT+TOP takes a part"};
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
    GLINT_TRY(sink(all.events));
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
    more = next.ok() && *next;
    pass.events += static_cast<std::int64_t>(part.size());
    GLINT_TRY(sink(part));
    progress.show("reading " + std::filesystem::path(path).filename().string(),
                  static_cast<std::int64_t>(reader->offset()), bytes);
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
    if (Status fits = checkSize(seen, size); !fits.ok()) return within(path, fits.error());
  }
  events::FrameOptions frames{options.by,  options.step,  size.width,
                              size.height, channels == 1, options.keepLast};
  frames.listEvents = options.listEvents;
  GLINT_ASSIGN(events::Framer framer, events::Framer::create(frames));
  Viewer viewer(options.view, seen);
  std::int64_t count = 0;
  const auto take = [&](const events::Frame& frame) -> Status {
    if (options.most > 0 && count == options.most) return {};
    ++count;
    return sink(frame);
  };
  const EventSink push = [&](std::span<const Event> part) -> Status {
    if (options.most > 0 && count == options.most) return {};
    Status status = framer.push(viewer.see(part), take);
    if (!status.ok() && status.error().code == Errc::Value) return within(path, status.error());
    return status;
  };
  GLINT_ASSIGN(RecordingPass pass, forEachPart(path, options, progress, push));
  GLINT_TRY(framer.finish(take));
  pass.unseen = viewer.unseen();
  pass.frames = count;
  pass.seen = seen;
  return pass;
}

}  // namespace glint::cli
