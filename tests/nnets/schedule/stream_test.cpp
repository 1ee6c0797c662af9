// Streams on the reference: whole models, chosen at random, step by step.

#include "nnets/schedule/stream.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "tests/core/temp_folder.h"
#include "tests/support/random_model.h"

using namespace glint;
using test::randomModelTemporal;

namespace {

using Feeds = std::vector<Tensor>;

std::vector<Feeds> framesOf(const Model& model, std::uint64_t seed, int count) {
  std::vector<Feeds> frames;
  for (int i = 0; i < count; ++i) {
    frames.push_back(test::randomFeeds(model, seed * 100 + static_cast<std::uint64_t>(i)));
  }
  return frames;
}

std::vector<Stream::Outputs> runAll(Stream& stream, std::span<const Feeds> frames) {
  auto outputs = stream.run(frames);
  REQUIRE_MESSAGE(outputs.ok(), outputs.error().message);
  return std::move(outputs).value();
}

constexpr std::uint64_t kModels = 40;
constexpr int kFrames = 12;

}  // namespace

TEST_CASE("in one call, frame by frame, or split at a snapshot: the same outputs") {
  const test::TempFolder folder;
  for (std::uint64_t seed = 1; seed <= kModels; ++seed) {
    CAPTURE(seed);
    const Model model = randomModelTemporal(seed);
    REQUIRE(model.hasState());
    const std::vector<Feeds> frames = framesOf(model, seed, kFrames);
    const auto whole = referenceStream(model);
    const std::vector<Stream::Outputs> expected = runAll(*whole, frames);
    REQUIRE(expected.size() == frames.size());

    const auto single = referenceStream(model);
    for (const Feeds& feeds : frames) REQUIRE(single->push(feeds).ok());
    CHECK(single->pending() == frames.size());
    for (const Stream::Outputs& outputs : expected) CHECK(*single->fetch() == outputs);

    const std::string path = folder.file("state.safetensors");
    const auto first = referenceStream(model);
    const std::span<const Feeds> all(frames);
    const auto cut = static_cast<std::size_t>(seed % kFrames);
    std::vector<Stream::Outputs> split = runAll(*first, all.first(cut));
    REQUIRE(first->snapshot(path).ok());
    const auto second = referenceStream(model);
    const Status restored = second->restore(path);
    REQUIRE_MESSAGE(restored.ok(), restored.error().message);
    for (auto& outputs : runAll(*second, all.subspan(cut))) split.push_back(std::move(outputs));
    CHECK(split == expected);
    CHECK(*second->state() == *whole->state());
  }
}

TEST_CASE("streams of one model know nothing of each other; a reset begins anew") {
  for (std::uint64_t seed = 1; seed <= kModels; ++seed) {
    CAPTURE(seed);
    const Model model = randomModelTemporal(seed);
    const std::vector<Feeds> a = framesOf(model, seed, kFrames);
    const std::vector<Feeds> b = framesOf(model, seed + 1000, kFrames);
    const auto alone = referenceStream(model);
    const std::vector<Stream::Outputs> expected = runAll(*alone, a);
    const auto one = referenceStream(model), other = referenceStream(model);
    for (std::size_t i = 0; i < a.size(); ++i) {
      CHECK(*one->step(a[i]) == expected[i]);
      REQUIRE(other->step(b[i]).ok());
    }
    REQUIRE(other->reset().ok());
    CHECK(*other->state() == clearedState(model));
    CHECK(runAll(*other, a) == expected);
  }
}

TEST_CASE("a recurrent call of many steps, or several calls of fewer") {
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 4 * kModels; ++seed) {
    CAPTURE(seed);
    const Model model = randomModelTemporal(seed);
    const TensorType& type = model.inputTypes(0)[0];
    // All that is recurrent here subsamples by the same number, if at all.
    bool resizable = type.x() == 1 && model.outputs().size() == 1 && type.y() > 1;
    for (int i = 0; i < model.layerCount(); ++i) {
      resizable = resizable && (model.layer(i).type() == "InputData" ||
                                (model.layer(i).type() == "StatefulRecurrent" &&
                                 model.inputTypes(i)[0].y() == model.outputType(i).y()));
    }
    if (!resizable) continue;
    ++compared;
    const Result<Model> short1 = model.withExtent(1, 1);
    REQUIRE_MESSAGE(short1.ok(), short1.error().message);
    const auto whole = referenceStream(model), steps = referenceStream(*short1);
    for (const Feeds& feeds : framesOf(model, seed, 4)) {
      const Tensor expected = whole->step(feeds)->begin()->second;
      std::vector<std::byte> joined;
      const auto size = feeds[0].bytes().size() / static_cast<std::size_t>(type.y());
      for (std::size_t t = 0; t < static_cast<std::size_t>(type.y()); ++t) {
        Tensor feed(feeds[0].type(), Shape{1, 1, type.channels()});
        std::copy_n(feeds[0].bytes().begin() + static_cast<std::ptrdiff_t>(t * size), size,
                    feed.bytes().begin());
        const auto outputs = steps->step({&feed, 1});
        REQUIRE(outputs.ok());
        const auto bytes = outputs->begin()->second.bytes();
        joined.insert(joined.end(), bytes.begin(), bytes.end());
      }
      CHECK(std::equal(joined.begin(), joined.end(), expected.bytes().begin(),
                       expected.bytes().end()));
    }
    CHECK(*whole->state() == *steps->state());
  }
  CHECK(compared > 2);
}

TEST_CASE("what a stream refuses") {
  const Model model = randomModelTemporal(1);
  const auto stream = referenceStream(model);
  CHECK(stream->fetch().error().message == "no step waits to be fetched");
  const Feeds feeds = test::randomFeeds(model, 1);
  REQUIRE(stream->push(feeds).ok());
  CHECK(stream->step(feeds).error().message == "1 earlier steps wait to be fetched");
  const State before = *stream->state();
  const Tensor wrong(DType::U8, Shape{1, 2, 77});
  CHECK(stream->push({&wrong, 1}).error().message.find("[1, 2, 77]") != std::string::npos);
  const test::TempFolder folder;
  const std::string path = folder.file("other.safetensors");
  REQUIRE(writeSafeTensors(path, {}).ok());
  const Status refused = stream->restore(path);
  REQUIRE(!refused.ok());
  CHECK(refused.error().message.starts_with(path));
  CHECK(refused.error().message.find("is missing") != std::string::npos);
  CHECK(*stream->state() == before);
}
