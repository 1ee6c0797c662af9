#include "events/gpu/accumulator.h"

#include <doctest/doctest.h>

#include "core/random.h"
#include "events/frames.h"
#include "tests/gpu/gl_driver.h"

namespace glint::events {
namespace {

using test::must;

/// The counts of one frame on the CPU.
Tensor counted(const std::vector<Event>& events, int width, int height, bool merge) {
  auto framer = must(Framer::create({FrameBy::Count, 1'000'000, width, height, merge, true}));
  Tensor counts(DType::I32, {height, width, merge ? 1 : 2});
  const auto keep = [&](const Frame& frame) -> Status {
    counts = frame.counts;
    return {};
  };
  must(framer.push(events, keep));
  must(framer.finish(keep));
  return counts;
}

std::vector<Event> noise(int count, int width, int height, std::uint64_t seed) {
  Random random(seed);
  std::vector<Event> events;
  for (int i = 0; i < count; ++i) {
    events.push_back({i, static_cast<std::uint16_t>(random.between(0, width - 1)),
                      static_cast<std::uint16_t>(random.between(0, height - 1)),
                      random.between(0, 2) == 0});
  }
  return events;
}

}  // namespace

TEST_CASE("counts on the GPU are those of the CPU") {
  for (const int esMajor : {2, 3}) {
    CAPTURE(esMajor);
    const auto driver = test::openDriver(esMajor);
    if (!driver) continue;
    for (const auto& [width, height] : {std::pair{1, 1}, {33, 17}, {300, 5}, {3, 40}}) {
      CAPTURE(width);
      const auto accumulator = must(EventAccumulator::create(*driver.gpu, width, height));
      for (const int count : {0, 1, 900, 4000}) {
        const std::vector<Event> events = noise(count, width, height, 7);
        for (const bool merge : {false, true}) {
          CHECK(must(accumulator->accumulate(events, merge)) ==
                counted(events, width, height, merge));
        }
      }
    }
    must(driver.gpu->check("the test"));
  }
}

TEST_CASE("70,000 events on one pixel are 70,000") {
  for (const int esMajor : {2, 3}) {
    const auto driver = test::openDriver(esMajor);
    if (!driver) continue;
    const auto accumulator = must(EventAccumulator::create(*driver.gpu, 4, 3));
    std::vector<Event> events(70000, {5, 2, 1, true});
    events.insert(events.end(), 256, {6, 2, 1, false});
    events.push_back({7, 3, 1, true});
    const Tensor counts = must(accumulator->accumulate(events, false));
    CHECK(counts == counted(events, 4, 3, false));
    CHECK(counts.integer((1 * 4 + 2) * 2 + 1) == 70000);
  }
}

TEST_CASE("an event outside the frame is refused") {
  const auto driver = test::openDriver(3);
  if (!driver) return;
  const auto accumulator = must(EventAccumulator::create(*driver.gpu, 4, 3));
  const std::vector<Event> events{{0, 4, 0, true}};
  CHECK(accumulator->accumulate(events, false).error().code == Errc::Value);
  CHECK_FALSE(EventAccumulator::create(*driver.gpu, 0, 3).ok());
}

}  // namespace glint::events
