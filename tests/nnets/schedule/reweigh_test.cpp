#include "nnets/schedule/reweigh.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "core/random.h"
#include "tests/support/random_learning.h"

namespace glint::test {
namespace {

/// Weights of `inputs` by `units` with `ones` ones a column: all columns the same, or each its own.
Tensor columns(Random& random, const Shape& shape, int ones, bool same) {
  Tensor weights(DType::I8, shape);
  const std::int64_t inputs = shape[2], units = shape[3];
  const std::int64_t first = random.between(0, inputs - 1);
  for (std::int64_t u = 0; u < units; ++u) {
    const std::int64_t from = same ? first : random.between(0, inputs - 1);
    for (int k = 0; k < ones; ++k) setElement(weights, (from + k) % inputs * units + u, 1);
  }
  return weights;
}

/// What reweigh must not change, apart from texels and what they were lowered from.
void checkSame(const Schedule& got, const Schedule& fresh) {
  CHECK(got.constants == fresh.constants);
  CHECK(got.textures == fresh.textures);
  REQUIRE(got.programs.size() == fresh.programs.size());
  for (std::size_t i = 0; i < got.programs.size(); ++i) {
    CHECK(got.programs[i].fragment == fresh.programs[i].fragment);
  }
  REQUIRE(got.draws.size() == fresh.draws.size());
  for (std::size_t i = 0; i < got.draws.size(); ++i) {
    CHECK(got.draws[i].program == fresh.draws[i].program);
    CHECK(got.draws[i].constants == fresh.draws[i].constants);
    CHECK(got.draws[i].floats == fresh.draws[i].floats);
    CHECK(got.draws[i].ints == fresh.draws[i].ints);
  }
}

}  // namespace

TEST_CASE("a schedule with replaced weights is the one that is made for them") {
  int replaced = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    Model model = randomLearning(seed).model.graph();
    const int last = model.layerCount() - 1;
    const LearningParams params = *model.layer(last).learning();
    const Shape shape = model.layer(last).variables.at("weights").shape();
    // At first all draws have the same weights: none may share its texture with another.
    REQUIRE(
        model.setVariable(last, "weights", columns(random, shape, params.numWeights, true)).ok());
    ScheduleOptions options;
    if (seed % 2 == 0) options.limits = DeviceLimits::es2();
    options.mapping.forcePlacement = seed % 3 > 0;
    options.mapping.placement = seed % 3 == 1 ? Placement::Inline : Placement::Uniform;
    Result<Schedule> schedule = makeSchedule(model, options);
    REQUIRE_MESSAGE(schedule.ok(), schedule.error().message);
    for (int turn = 0; turn < 3; ++turn) {
      REQUIRE(model.setVariable(last, "weights", columns(random, shape, params.numWeights, false))
                  .ok());
      const auto changed = reweigh(*schedule, model, last, options.limits);
      REQUIRE_MESSAGE(changed.ok(), changed.error().message);
      CHECK(std::all_of(changed->begin(), changed->end(), [&](int constant) {
        return schedule->constants[static_cast<std::size_t>(constant)].changing;
      }));
      replaced += static_cast<int>(changed->size());
      const Result<Schedule> fresh = makeSchedule(model, options);
      REQUIRE(fresh.ok());
      checkSame(*schedule, *fresh);
      // The same weights again change nothing.
      CHECK(reweigh(*schedule, model, last, options.limits)->empty());
    }
    CHECK(schedule->layers[static_cast<std::size_t>(last)].proof.find("whatever is learned") !=
          std::string::npos);
  }
  CHECK(replaced > 100);
}

TEST_CASE("weights of programs are not replaced, and software needs nothing") {
  const Model model = randomLearning(2).model.graph();
  const int last = model.layerCount() - 1;
  ScheduleOptions options;
  options.software = {last};
  Result<Schedule> software = makeSchedule(model, options);
  REQUIRE(software.ok());
  CHECK(reweigh(*software, model, last, options.limits)->empty());
  std::uint64_t seed = 1;
  while (randomLearning(seed).model.getLayerCount() < 3) ++seed;
  const Model deep = randomLearning(seed).model.graph();
  Result<Schedule> schedule = makeSchedule(deep, {});
  REQUIRE(schedule.ok());
  const auto refused = reweigh(*schedule, deep, 1, DeviceLimits());
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == Errc::Value);
}

}  // namespace glint::test
