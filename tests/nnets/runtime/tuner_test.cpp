#include "nnets/runtime/tuner.h"

#include <filesystem>
#include <set>

#include <doctest/doctest.h>

#include "core/file.h"
#include "core/random.h"
#include "nnets/formats/model_description.h"
#include "nnets/runtime/tuned_cache.h"
#include "tests/core/temp_folder.h"
#include "tests/nnets/runtime/gl_fixture.h"
#include "tests/support/random_model.h"

using namespace glint;
using test::openGl;
using test::TempFolder;

namespace {

/// A 3x3 convolution of `filters` channels behind an input, and a 1x1 behind that.
Model twoConvolutions(int filters = 32, int seed = 1) {
  const std::string count = std::to_string(filters);
  Result<Model> model = modelFromDescription(
      R"({"format":1,"random":{"seed":)" + std::to_string(seed) + R"(},"layers":[)" +
      R"({"name":"in","type":"InputData","params":{"input_shape":[6,6,8],"input_bits":8}},)" +
      R"({"name":"a","type":"Conv2D","inbounds":["in"],"params":{"kernel_size":3,"filters":)" +
      count + R"(}},{"name":"b","type":"Conv2D","inbounds":["a"],"params":{"kernel_size":1,)" +
      R"("filters":)" + count + "}}]}");
  REQUIRE_MESSAGE(model.ok(), model.error().message);
  return std::move(model).value();
}

void checkEqual(Session& session, const Model& model, std::uint64_t seed) {
  const std::vector<Tensor> feeds = test::randomFeeds(model, seed);
  std::vector<LayerState> states;
  const auto expected = runReference(model, feeds, states);
  REQUIRE(expected.ok());
  const auto got = session.run(feeds);
  REQUIRE_MESSAGE(got.ok(), got.error().message);
  for (const auto& [layer, tensor] : *got) {
    CHECK(*convertIntegers(tensor, DType::I32) == (*expected)[static_cast<std::size_t>(layer)]);
  }
}

/// A clock that runs everything once, and finds the works whose number `fast` has faster.
TunerOptions fakeClock(std::function<bool(std::size_t call, std::size_t work)> fast) {
  TunerOptions how;
  auto calls = std::make_shared<std::size_t>(0);
  how.measure =
      [fast, calls](const std::vector<TunerOptions::Work>& works) -> Result<std::vector<double>> {
    std::vector<double> ms;
    for (std::size_t i = 0; i < works.size(); ++i) {
      GLINT_TRY(works[i].run());
      GLINT_TRY(works[i].wait());
      ms.push_back(fast(*calls, i) ? 1 : 2);
    }
    ++*calls;
    return ms;
  };
  return how;
}

Tuned someChoice() {
  return {Storage::Norm8, {{1, "a", {Placement::Texture, 8}}, {2, "b", {Placement::Uniform, 4}}}};
}

}  // namespace

TEST_CASE("each layer gets what was fastest for it") {
  const auto gl = openGl();
  if (!gl) return;
  const Model model = twoConvolutions();
  // Calls: texels, layers (two of the rules' session, then two of each candidate), the whole.
  const int most = std::min(gl->context->capabilities().maxDrawBuffers, 8);
  REQUIRE(most >= 4);
  const auto how = fakeClock([](std::size_t call, std::size_t work) {
    if (call == 0) return false;
    if (call == 1) return work == 2 + 2 * 1 || work == 2 + 2 * 0 + 1;
    return work == 1;
  });
  SessionOptions options;
  options.mapping.emplace().fuse = false;
  const auto report = tune(*gl->context, model, options, how);
  REQUIRE_MESSAGE(report.ok(), report.error().message);
  CHECK(report->notTried.empty());
  CHECK(report->better());
  REQUIRE(report->tuned.layers.size() == 2);
  CHECK(report->tuned.bytes == Storage::Norm8);
  CHECK(report->tuned.layers[0].name == "a");
  CHECK(report->tuned.layers[0].choice == MappingChoice{Placement::Inline, most >= 8 ? 32 : 8});
  CHECK(report->tuned.layers[1].choice == MappingChoice{Placement::Inline, 16});
  REQUIRE(report->groups.size() == 2);
  CHECK(report->groups[0].rulesMs == 2);
  CHECK(report->groups[0].chosenMs == 1);
}

TEST_CASE("other texels are taken when they are clearly faster") {
  const auto gl = openGl();
  if (!gl) return;
  if (!gl->context->capabilities().integerTextures) return;
  SessionOptions options;
  options.mapping.emplace();
  for (const std::size_t fast : {1, 2}) {
    const auto how = fakeClock([&](std::size_t, std::size_t work) { return work == fast; });
    const auto report = tune(*gl->context, twoConvolutions(16), options, how);
    REQUIRE_MESSAGE(report.ok(), report.error().message);
    CHECK(report->tuned.bytes == (fast == 1 ? Storage::Uint8 : Storage::Packed));
  }
}

TEST_CASE("a search that is over says what it did not try") {
  const auto gl = openGl();
  if (!gl) return;
  auto how = fakeClock([](std::size_t, std::size_t) { return false; });
  how.enough = [] { return true; };
  const auto report = tune(*gl->context, twoConvolutions(8), {}, how);
  REQUIRE_MESSAGE(report.ok(), report.error().message);
  CHECK(report->notTried.size() >= 9);
  CHECK(!report->better());
}

TEST_CASE("whatever is chosen, the results are the same") {
  const auto gl = openGl();
  if (!gl) return;
  constexpr Placement kPlacements[] = {Placement::Inline, Placement::Uniform, Placement::Texture};
  constexpr Storage kTexels[] = {Storage::Norm8, Storage::Uint8, Storage::Packed};
  int drawn = 0;
  std::set<int> targets;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    const Model model = seed % 4 == 0 ? test::randomModelV1(seed) : test::randomModel(seed);
    Random random(seed);
    SessionOptions options;
    Tuned& tuned = options.tuned.emplace();
    const bool integers = gl->context->capabilities().integerTextures;
    if (integers) tuned.bytes = kTexels[random.between(0, 2)];
    // One choice for all in some, so that fused layers stay together.
    const bool same = random.between(0, 2) == 0;
    MappingChoice choice;
    for (int i = 0; i < model.layerCount(); ++i) {
      if (i == 0 || !same) {
        choice = {kPlacements[random.between(0, 2)], 4 << random.between(0, 5)};
      }
      if (random.between(0, 9) > 0) tuned.layers.push_back({i, model.layer(i).name, choice});
    }
    const auto session = Session::create(*gl->context, model, options);
    if (!session.ok()) FAIL(session.error().message);
    CHECK((*session)->tuned());
    checkEqual(**session, model, seed);
    drawn += static_cast<int>((*session)->schedule().draws.size());
    for (const OpMapping& op : (*session)->schedule().mapping.ops) targets.insert(op.targets());
  }
  CHECK(drawn > 100);
  if (gl->context->capabilities().maxDrawBuffers >= 8) CHECK(targets.size() >= 5);
}

TEST_CASE("a session takes up what is kept, for any extent, unless something is forced") {
  const auto gl = openGl();
  if (!gl) return;
  const TempFolder folder;
  const std::string cache = folder.file("cache");
  const Model model = twoConvolutions();
  REQUIRE(storeTuned(cache, someChoice(), *gl->context, model).ok());
  SessionOptions options;
  options.cacheDirectory = cache;
  options.mapping.emplace().fuse = false;
  const auto tuned = [&](const SessionOptions& wanted) {
    const auto session = Session::create(*gl->context, model, wanted);
    if (!session.ok()) FAIL(session.error().message);
    checkEqual(**session, model, 1);
    const Mapping& mapping = (*session)->schedule().mapping;
    const bool chosen = mapping.ops[0].placement == Placement::Texture &&
                        mapping.ops[0].targets() == 2 && mapping.ops[1].targets() == 1;
    CHECK(chosen == (*session)->tuned());
    return chosen;
  };
  CHECK(tuned(options));
  SessionOptions other = options;
  other.useTuned = false;
  CHECK(!tuned(other));
  other = options;
  other.mapping->forcePlacement = true;
  CHECK(!tuned(other));
  other = options;
  other.cacheDirectory.clear();
  CHECK(!tuned(other));
  const Result<Model> larger = model.withExtent(12, 9);
  REQUIRE(larger.ok());
  CHECK(tunedPath(cache, *gl->context, *larger) == tunedPath(cache, *gl->context, model));
  CHECK(loadTuned(cache, *gl->context, *larger) == someChoice());
}

TEST_CASE("damaged and foreign files are ignored, and rewritten") {
  const auto gl = openGl();
  if (!gl) return;
  const TempFolder folder;
  const std::string cache = folder.file("cache");
  const Model model = twoConvolutions(), other = twoConvolutions(32, 2);
  const std::string path = tunedPath(cache, *gl->context, model);
  CHECK(path != tunedPath(cache, *gl->context, other));
  CHECK(!loadTuned(cache, *gl->context, model));
  REQUIRE(storeTuned(cache, someChoice(), *gl->context, model).ok());
  CHECK(loadTuned(cache, *gl->context, model) == someChoice());
  const std::vector<std::byte> whole = *readFile(path);
  const std::string text(reinterpret_cast<const char*>(whole.data()), whole.size());
  const auto write = [&](const std::string& changed) {
    REQUIRE(writeFile(path, std::as_bytes(std::span(changed.data(), changed.size()))).ok());
  };
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    REQUIRE(changed.find(from) != std::string::npos);
    return changed.replace(changed.find(from), from.size(), to);
  };
  for (const std::string& bad :
       {std::string(), text.substr(0, text.size() / 2), std::string("[]"),
        replaced("\"filters\": 8", "\"filters\": 16"), replaced("texture", "inline"),
        replaced("\"format\": 1", "\"format\": 2")}) {
    CAPTURE(bad);
    write(bad);
    CHECK(!loadTuned(cache, *gl->context, model));
    SessionOptions options;
    options.cacheDirectory = cache;
    const auto session = Session::create(*gl->context, model, options);
    REQUIRE(session.ok());
    CHECK(!(*session)->tuned());
  }
  REQUIRE(storeTuned(cache, someChoice(), *gl->context, model).ok());
  CHECK(loadTuned(cache, *gl->context, model) == someChoice());
  // The file of another model under this one's name.
  std::filesystem::copy_file(path, tunedPath(cache, *gl->context, other));
  CHECK(!loadTuned(cache, *gl->context, other));
}
