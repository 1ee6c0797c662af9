#include "events/frames.h"

#include <filesystem>

#include <doctest/doctest.h>

#include "core/random.h"
#include "core/safetensors.h"
#include "events/event_reader.h"
#include "events/sensor_view.h"
#include "tests/support/skip.h"

namespace glint::events {
namespace {

constexpr FrameOptions kSmall{FrameBy::Time, 10, 3, 2, false, false};

std::vector<std::int32_t> values(const Tensor& frames) {
  const auto counts = frames.as<std::int32_t>();
  return {counts.begin(), counts.end()};
}

Tensor frames(const std::vector<Event>& events, const FrameOptions& options) {
  const auto result = framesOf(events, options);
  if (!result.ok()) FAIL(result.error().message);
  return *result;
}

std::string errorOf(const std::vector<Event>& events, const FrameOptions& options) {
  const auto result = framesOf(events, options);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().code == Errc::Value);
  return result.error().message;
}

}  // namespace

TEST_CASE("frames by time begin with the first event; the last one is incomplete") {
  const std::vector<Event> events{
      {105, 0, 0, false}, {114, 2, 1, true}, {114, 2, 1, true}, {135, 1, 0, true}};
  const Tensor complete = frames(events, kSmall);
  CHECK(complete.shape() == Shape{3, 2, 3, 2});
  std::vector<std::int32_t> expected(36);
  expected[0] = 1;
  expected[11] = 2;
  CHECK(values(complete) == expected);
  FrameOptions all = kSmall;
  all.keepIncomplete = true;
  expected.resize(48);
  expected[36 + 3] = 1;
  CHECK(values(frames(events, all)) == expected);
  all.mergePolarities = true;
  CHECK(frames(events, all).shape() == Shape{4, 2, 3, 1});
  CHECK(values(frames(events, all))[5] == 2);
  CHECK(frames({}, all).shape() == Shape{0, 2, 3, 1});
}

TEST_CASE("a frame begins where the one before ended, and its end is not part of it") {
  CHECK(frames({{0, 0, 0, true}, {9, 0, 0, true}}, kSmall).shape()[0] == 0);
  CHECK(frames({{0, 0, 0, true}, {10, 0, 0, true}}, kSmall).shape()[0] == 1);
  // Within a frame the order does not matter.
  CHECK(values(frames({{0, 0, 0, true}, {9, 0, 0, true}, {3, 0, 0, true}, {10, 0, 0, true}},
                      kSmall))[1] == 3);
}

TEST_CASE("frames by count") {
  FrameOptions options = kSmall;
  options.by = FrameBy::Count;
  options.step = 2;
  const std::vector<Event> events{
      {50, 0, 0, false}, {7, 0, 0, true}, {8, 1, 0, true}, {9, 1, 0, true}, {9, 2, 0, true}};
  CHECK(frames(events, options).shape() == Shape{2, 2, 3, 2});
  options.keepIncomplete = true;
  const Tensor all = frames(events, options);
  CHECK(all.shape() == Shape{3, 2, 3, 2});
  CHECK(values(all)[12 + 3] == 2);
  CHECK(values(all)[24 + 5] == 1);
}

TEST_CASE("frames that come one by one are those of all events") {
  Random random(5);
  std::vector<Event> events;
  std::int64_t time = -500;
  for (int i = 0; i < 2000; ++i) {
    time += random.between(0, 7);
    events.push_back({time, static_cast<std::uint16_t>(random.between(0, 2)),
                      static_cast<std::uint16_t>(random.between(0, 1)), random.between(0, 1) == 1});
  }
  const Tensor expected = frames(events, kSmall);
  auto framer = Framer::create(kSmall);
  REQUIRE(framer.ok());
  std::int64_t count = 0, begin = events[0].time;
  const auto sink = [&](const Frame& frame) -> Status {
    CHECK(frame.index == count);
    CHECK(frame.begin == begin + count * 10);
    const auto counts = frame.counts.as<std::int32_t>();
    const auto all = expected.as<std::int32_t>().subspan(static_cast<std::size_t>(count) * 12, 12);
    CHECK(std::equal(counts.begin(), counts.end(), all.begin()));
    ++count;
    return {};
  };
  for (std::size_t at = 0; at < events.size(); at += 7) {
    const std::span<const Event> part(events);
    REQUIRE(
        framer->push(part.subspan(at, std::min<std::size_t>(7, events.size() - at)), sink).ok());
  }
  REQUIRE(framer->finish(sink).ok());
  CHECK(count == expected.shape()[0]);
}

TEST_CASE("what frames cannot hold is refused with the event") {
  CHECK(errorOf({{5, 3, 0, true}}, kSmall).find("x 3, y 0, lies outside frames of 3x2") !=
        std::string::npos);
  CHECK(errorOf({{5, 0, 0, true}, {25, 0, 0, true}, {14, 0, 0, true}}, kSmall)
            .find("sort the events") != std::string::npos);
  CHECK(
      errorOf({{0, 0, 0, true}, {1'000'000'000'000, 0, 0, true}}, kSmall)
          .find("at 1000000000000 us, x 0, y 0, number 1 from 0, comes 99999999999 frames of 10 us "
                "without events") != std::string::npos);
  std::vector<Event> rare;
  for (int i = 0; i < 13; ++i) rare.push_back({i * 9'000'000LL, 0, 0, true});
  CHECK(errorOf(rare, {FrameBy::Time, 10, 1, 1, true}).find("more than 10000000 frames") !=
        std::string::npos);
  FrameOptions none = kSmall;
  none.step = 0;
  CHECK(errorOf({}, none).find("frames of 0 us, legal: 1 or more") != std::string::npos);
  none = kSmall;
  none.width = 0;
  CHECK(errorOf({}, none).find("0x2") != std::string::npos);
}

TEST_CASE("70,000 events on one pixel are 70,000") {
  FrameOptions options = kSmall;
  options.keepIncomplete = true;
  CHECK(values(frames(std::vector<Event>(70000, {4, 1, 1, true}), options))[9] == 70000);
}

TEST_CASE("views: pool, crop, flip, swap, in this order") {
  SensorView view;
  view.pool = 2;
  view.left = 1;
  view.top = 2;
  view.width = 4;
  view.height = 3;
  view.flipX = true;
  view.swapXY = true;
  const auto size = view.sizeOf(12, 11);
  REQUIRE(size.ok());
  CHECK(*size == SensorView::Size{3, 4});
  Event event{7, 3, 8, true};  // pooled (1, 4), cropped (0, 2), flipped (3, 2)
  CHECK(view.see(event, *size));
  CHECK(event == Event{7, 2, 3, true});
  for (const auto& [x, y] : {std::pair{1, 8}, {10, 8}, {3, 3}, {3, 10}}) {
    Event outside{0, static_cast<std::uint16_t>(x), static_cast<std::uint16_t>(y), true};
    CHECK_FALSE(view.see(outside, *size));
  }
  view.flipX = false;
  view.flipY = true;
  Event other{7, 3, 8, true};
  CHECK(view.see(other, *size));
  CHECK(other == Event{7, 0, 0, true});
  CHECK(view.sizeOf(9, 11).error().message.find("4x3 from 1,2 is not within the sensor of 4x5") !=
        std::string::npos);
  CHECK_FALSE(SensorView{0}.sizeOf(4, 4).ok());
  CHECK(*SensorView().sizeOf(5, 4) == SensorView::Size{5, 4});
}

TEST_CASE("the N-MNIST recording gives the frames that a network was recorded on") {
  const std::string folder = "../shared/data/sinabs/";
  const auto net = readSafeTensors(folder + "nets/nmnist_disc.safetensors");
  if (!net.ok()) return test::skip(folder + " is not here");
  const auto recording = readRecording(folder + "sample_nmnist.bin");
  REQUIRE(recording.ok());
  const Tensor& expectedEvents = net->tensors.at("events");
  REQUIRE(recording->events.size() == static_cast<std::size_t>(expectedEvents.shape()[0]));
  const Tensor counted = frames(recording->events, {FrameBy::Time, 1000, 34, 34, false, false});
  CHECK(counted.shape() == Shape{310, 34, 34, 2});
  // There the map is [steps, polarity, rows, columns].
  Tensor expected(DType::I32, counted.shape());
  const Tensor& index = net->tensors.at("input_index");
  const Tensor& count = net->tensors.at("input_count");
  for (std::int64_t i = 0; i < index.size(); ++i) {
    const std::int64_t at = index.integer(i), plane = 34 * 34;
    const std::int64_t step = at / (2 * plane), c = at / plane % 2, pixel = at % plane;
    setElement(expected, (step * plane + pixel) * 2 + c, count.integer(i));
  }
  CHECK(counted == expected);
}

TEST_CASE("frames end where there are enough, however long the silence") {
  FrameOptions options = kSmall;
  options.most = 3;
  const std::vector<Event> events{
      {0, 0, 0, false}, {1'000'000'000'000, 2, 1, true}, {5, 9, 9, true}};
  CHECK(frames(events, options).shape() == Shape{3, 2, 3, 2});
  options.keepIncomplete = true;
  CHECK(frames(events, options).shape() == Shape{3, 2, 3, 2});
  // As many silent frames as are legal, and one more.
  FrameOptions tiny{FrameBy::Time, 1, 1, 1, true};
  CHECK(frames({{0, 0, 0, true}, {Framer::kMostSilent + 1, 0, 0, true}}, tiny).shape()[0] ==
        Framer::kMostSilent + 1);
  CHECK_FALSE(
      framesOf(std::vector<Event>{{0, 0, 0, true}, {Framer::kMostSilent + 2, 0, 0, true}}, tiny)
          .ok());
}

TEST_CASE("events that are passed over begin the time and move it on") {
  auto framer = Framer::create(kSmall);
  REQUIRE(framer.ok());
  std::vector<std::int64_t> begins, events, passed;
  const auto sink = [&](const Frame& frame) -> Status {
    begins.push_back(frame.begin);
    events.push_back(frame.events);
    passed.push_back(frame.passed);
    return {};
  };
  const std::vector<Event> seen{{112, 0, 0, true}, {113, 0, 0, true}};
  REQUIRE(framer->passOver({100, 99, 99, true}, sink).ok());
  REQUIRE(framer->push(seen, sink).ok());
  REQUIRE(framer->passOver({118, 99, 99, true}, sink).ok());
  REQUIRE(framer->passOver({130, 99, 99, true}, sink).ok());
  CHECK(begins == std::vector<std::int64_t>{100, 110, 120});
  CHECK(events == std::vector<std::int64_t>{0, 2, 0});
  CHECK(passed == std::vector<std::int64_t>{1, 1, 0});
  CHECK_FALSE(framer->passOver({129, 99, 99, true}, sink).ok());
}

}  // namespace glint::events
