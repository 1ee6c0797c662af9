#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include <doctest/doctest.h>

#include "nnets/runtime/session.h"
#include "tests/nnets/runtime/gl_fixture.h"
#include "tests/support/coverage.h"
#include "tests/support/random_model.h"

using namespace glint;

/// Random models, each on one configuration that follows from its seed. The environment says how
/// many of V2 (GLINT_RANDOM_MODELS; half as many of V1, of those with state and of transformers; a
/// tenth of spiking ones, over 50 steps), from which seed (GLINT_RANDOM_FIRST), and how often every
/// feature has to occur (GLINT_RANDOM_COVERAGE).
namespace {

/// On drivers that take their time to compile.
constexpr int kFewModels = 32;

int numberOf(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::atoi(text);
}

/// How a model is run.
struct Configuration {
  int targets = 0;  ///< 0: OpenGL ES 2
  MappingOptions mapping;
  std::string name() const {
    if (targets == 0) return "ES 2";
    return std::to_string(targets) + (targets == 1 ? " target" : " targets");
  }
};

Configuration configurationOf(std::uint64_t seed, const Model& model) {
  constexpr std::array kTargets{0, 0, 1, 2, 3, 4, 6, 8};
  Configuration c;
  c.targets = kTargets[seed / 4 % kTargets.size()];
  c.mapping.forcePlacement = seed % 4 != 0;
  c.mapping.placement = static_cast<Placement>(seed % 4 % 3);
  c.mapping.mostTargets = 8;
  constexpr std::array kBytes{Storage::Norm8, Storage::Packed, Storage::Uint8};
  c.mapping.bytes = kBytes[seed / 32 % kBytes.size()];
  std::int64_t weights = 0;
  for (int i = 0; i < model.layerCount(); ++i) {
    const auto found = model.layer(i).variables.find("weights");
    if (found != model.layer(i).variables.end()) weights += found->second.size();
  }
  // Drivers need about 0.1 ms to compile an inline weight.
  if (c.mapping.placement == Placement::Inline && weights > 3000) {
    c.mapping.placement = Placement::Texture;
  }
  return c;
}

gpu::CapabilityLimits limitsOf(const Configuration& c) {
  gpu::CapabilityLimits limits;
  if (c.targets == 0) limits.esMajor = 2;
  if (c.targets > 0) limits.maxDrawBuffers = c.targets;
  return limits;
}

/// What no op writes: feeds, and the outputs of layers in software.
std::vector<Tensor> outsideValues(const Model& model, const Schedule& schedule,
                                  const std::vector<Tensor>& feeds,
                                  const std::vector<Tensor>& outputs) {
  std::vector<Tensor> outside(schedule.graph.values.size());
  for (std::size_t i = 0; i < feeds.size(); ++i) {
    outside[static_cast<std::size_t>(schedule.feedValues[i])] = feeds[i];
  }
  for (int i = 0; i < model.layerCount(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (schedule.layers[at].backend == Backend::Hardware) continue;
    outside[static_cast<std::size_t>(schedule.graph.layerValue[at])] = outputs[at];
  }
  return outside;
}

/// Requires what the session fetches to equal `expected` (by layer), twice: the second time it
/// meets used textures.
void checkSession(Session& session, const std::vector<Tensor>& feeds,
                  const std::vector<Tensor>& expected) {
  for (int round = 0; round < 2; ++round) {
    const auto got = session.run(feeds);
    if (!got.ok()) FAIL(got.error().message);
    for (const auto& [layer, have] : *got) {
      CAPTURE(session.model().layer(layer).name);
      const Tensor& want = expected[static_cast<std::size_t>(layer)];
      REQUIRE(have.shape() == want.shape());
      for (std::int64_t k = 0; k < want.size(); ++k) {
        CAPTURE(k);
        if (have.integer(k) != want.integer(k)) REQUIRE(have.integer(k) == want.integer(k));
      }
    }
  }
}

/// Runs a model and requires every layer to equal the reference; then, where that leaves layers
/// without a texture, the outputs alone.
void checkModel(test::Gl& gl, const Model& model, std::uint64_t seed, const Configuration& c,
                test::Coverage& coverage) {
  const std::vector<Tensor> feeds = test::randomFeeds(model, seed);
  std::vector<LayerState> states;
  const auto expected = runReference(model, feeds, states);
  REQUIRE(expected.ok());
  for (const bool all : {true, false}) {
    CAPTURE(all);
    SessionOptions options;
    options.mapping = c.mapping;
    for (int i = 0; all && i < model.layerCount(); ++i) options.fetch.push_back(i);
    const auto session = Session::create(*gl.context, model, options);
    if (!session.ok()) FAIL(session.error().message);
    const Schedule& schedule = (*session)->schedule();
    const auto& ops = schedule.mapping.ops;
    const bool fuses =
        std::any_of(ops.begin(), ops.end(), [](const OpMapping& op) { return op.into >= 0; });
    if (!all && !fuses) continue;
    coverage.count(model, schedule, c.name());
    if (all) coverage.countSaturation(schedule, outsideValues(model, schedule, feeds, *expected));
    checkSession(**session, feeds, *expected);
  }
}

void requireEqual(const Stream::Outputs& want, const Stream::Outputs& have) {
  for (const auto& [layer, tensor] : want) {
    CAPTURE(layer);
    REQUIRE(have.at(layer).shape() == tensor.shape());
    if (have.at(layer) == tensor) continue;
    for (std::int64_t k = 0; k < tensor.size(); ++k) {
      CAPTURE(k);
      REQUIRE(have.at(layer).integer(k) == tensor.integer(k));
    }
  }
}

/// `state` with membranes anywhere in their type.
State randomMembranes(const Model& model, State state, Random& random) {
  for (int i = 0; i < model.layerCount(); ++i) {
    for (const StateDecl& decl : model.stateTable(i)) {
      if (decl.name != "membrane") continue;
      const Interval range = decl.type.range();
      Tensor& kept = state.layers[static_cast<std::size_t>(i)].at(decl.name);
      for (std::int32_t& v : kept.as<std::int32_t>()) {
        v = static_cast<std::int32_t>(random.between(range.lo, range.hi));
      }
    }
  }
  return state;
}

/// Runs a model with state step by step beside the reference, with resets, from one backend to the
/// other and back, and another stream in between.
template <std::uint64_t steps>
void checkSequence(test::Gl& gl, const Model& model, std::uint64_t seed, const Configuration& c,
                   test::Coverage& coverage) {
  SessionOptions options;
  options.mapping = c.mapping;
  // Every other one fetches outputs alone: then ops may be computed where they are read.
  for (int i = 0; seed % 2 == 0 && i < model.layerCount(); ++i) options.fetch.push_back(i);
  auto session = Session::create(*gl.context, model, options);
  if (!session.ok()) FAIL(session.error().message);
  coverage.count(model, (*session)->schedule(), c.name());
  const auto reference = referenceStream(model, options.fetch);
  auto stream = (*session)->stream();
  const auto other = (*session)->stream();
  REQUIRE((stream.ok() && other.ok()));
  Random random(seed);
  for (std::uint64_t step = 0; step < steps; ++step) {
    CAPTURE(step);
    const std::vector<Tensor> feeds = test::randomFeeds(model, seed * 1000 + step);
    const auto want = reference->step(feeds);
    const auto have = (*stream)->step(feeds);
    REQUIRE(want.ok());
    if (!have.ok()) FAIL(have.error().message);
    requireEqual(*want, *have);
    const std::int64_t event = random.between(0, 19);
    if (event < 5) REQUIRE((*other)->step(test::randomFeeds(model, seed + step)).ok());
    if (event == 5) {
      REQUIRE(reference->reset().ok());
      REQUIRE((*stream)->reset().ok());
    }
    if (event == 6) REQUIRE(reference->setState(*(*stream)->state()).ok());
    if (event == 7) {
      stream = (*session)->stream();
      REQUIRE((*stream)->setState(*reference->state()).ok());
    }
    if (event == 8) CHECK(*(*stream)->state() == *reference->state());
    if (event == 9) {
      const State membranes = randomMembranes(model, *reference->state(), random);
      REQUIRE(reference->setState(membranes).ok());
      REQUIRE((*stream)->setState(membranes).ok());
    }
  }
  CHECK(*(*stream)->state() == *reference->state());
}

/// Whether every feature occurred often enough: those of spiking layers, or all others.
void requireCovered(const test::Coverage& coverage, bool spiking) {
  for (const std::string& feature : coverage.missing(numberOf("GLINT_RANDOM_COVERAGE", 0))) {
    if (feature.starts_with("spiking") != spiking) continue;
    CAPTURE(feature);
    CHECK_MESSAGE(false, "a feature that hardly any model exercised");
  }
}

using Check = void (*)(test::Gl&, const Model&, std::uint64_t, const Configuration&,
                       test::Coverage&);

/// Runs `count` models of `make`; false without a driver.
bool checkModels(Model (*make)(std::uint64_t), Check check, int count, test::Coverage& coverage) {
  const auto first = static_cast<std::uint64_t>(numberOf("GLINT_RANDOM_FIRST", 1));
  std::unique_ptr<test::Gl> gl;
  std::string current;
  for (std::uint64_t seed = first; seed < first + static_cast<std::uint64_t>(count); ++seed) {
    CAPTURE(seed);
    const Model model = make(seed + 1000);
    const Configuration c = configurationOf(seed, model);
    CAPTURE(c.name());
    if (c.name() != current) {
      gl.reset();
      gl = test::openGl(limitsOf(c));
      if (!gl) return false;
      current = c.name();
    }
    check(*gl, model, seed, c, coverage);
  }
  return true;
}

}  // namespace

TEST_CASE("random models: the GPU equals the reference at every layer") {
  const int count = numberOf("GLINT_RANDOM_MODELS", kFewModels);
  test::Coverage coverage;
  if (!checkModels(test::randomModel, checkModel, count, coverage)) return;
  checkModels(test::randomModelV1, checkModel, count / 2, coverage);
  checkModels(test::randomModelTemporal, checkSequence<24>, count / 2, coverage);
  checkModels(test::randomModelTransformer, checkModel, count / 2, coverage);
  std::printf("%s", coverage.table().c_str());
  requireCovered(coverage, false);
}

TEST_CASE("random spiking layers: the GPU equals the reference over 50 steps") {
  const int count = std::max(numberOf("GLINT_RANDOM_MODELS", kFewModels) / 10, 4);
  test::Coverage coverage;
  if (!checkModels(test::randomModelSpiking, checkSequence<50>, count, coverage)) return;
  requireCovered(coverage, true);
}

TEST_CASE("small limits: equal, or refused naming the limit") {
  gpu::CapabilityLimits small;
  small.maxTextureSize = 64;
  small.fragmentTextureUnits = 2;
  small.maxDrawBuffers = 1;
  small.fragmentUniformVectors = 16;
  test::Coverage coverage;
  const int count = std::min(numberOf("GLINT_RANDOM_MODELS", kFewModels) / 8, 40);
  int ran = 0, refused = 0;
  for (const int es : {2, 3}) {
    CAPTURE(es);
    small.esMajor = es;
    const auto gl = test::openGl(small);
    if (!gl) return;
    for (std::uint64_t seed = 1; seed <= static_cast<std::uint64_t>(count); ++seed) {
      CAPTURE(seed);
      const Model model = test::randomModel(seed + 5000);
      const auto session = Session::create(*gl->context, model);
      if (session.ok()) {
        ++ran;
        Configuration c{es == 2 ? 0 : 1, {}};
        checkModel(*gl, model, seed, c, coverage);
        continue;
      }
      ++refused;
      CHECK(session.error().code == Errc::Unsupported);
      const std::string& why = session.error().message;
      CAPTURE(why);
      const bool named = why.find("64x64") != std::string::npos ||
                         why.find("the device has 2") != std::string::npos ||
                         why.find("the device has 16") != std::string::npos ||
                         why.find("the device has 64") != std::string::npos;
      CHECK(named);
    }
  }
  CHECK(ran > count / 2);
  CHECK((refused > 0 || count < 40));
}
