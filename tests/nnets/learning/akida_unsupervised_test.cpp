#include "nnets/learning/akida_unsupervised.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include <doctest/doctest.h>

#include "core/random.h"
#include "tests/nnets/learning/written_rule.h"

namespace glint::test {
namespace {

std::vector<std::uint8_t> bitsOf(std::int64_t inputs, const std::set<std::int64_t>& active) {
  std::vector<std::uint8_t> bits(static_cast<std::size_t>(inputs), 0);
  for (const std::int64_t i : active) bits[static_cast<std::size_t>(i)] = 1;
  return bits;
}

/// Learns one sample and returns the neuron.
int teach(const LearningParams& params, LearnedState& state, const std::set<std::int64_t>& active,
          std::optional<std::int64_t> label = std::nullopt) {
  const std::vector<std::uint8_t> bits = bitsOf(state.inputs, active);
  return learn(params, state, bits, potentialsOf(state, bits), label);
}

/// The ones of a neuron.
std::set<std::int64_t> onesOf(const LearnedState& state, std::int64_t neuron) {
  std::set<std::int64_t> ones;
  for (std::int64_t i = 0; i < state.inputs; ++i) {
    if (state.weights[static_cast<std::size_t>(i * state.units() + neuron)] != 0) ones.insert(i);
  }
  return ones;
}

/// A state with these ones and thresholds.
LearnedState stateOf(std::int64_t inputs, const std::vector<std::set<std::int64_t>>& ones,
                     std::vector<std::int32_t> thresholds) {
  LearnedState state;
  state.inputs = inputs;
  for (std::int64_t i = 0; i < inputs; ++i) {
    for (const auto& neuron : ones) state.weights.push_back(neuron.contains(i) ? 1 : 0);
  }
  state.thresholdLearning = std::move(thresholds);
  state.learningSteps.assign(ones.size(), 0);
  return state;
}

LearningParams paramsOf(int numWeights, int numClasses = 1) {
  LearningParams params;
  params.numWeights = numWeights;
  params.numClasses = numClasses;
  return params;
}

}  // namespace

TEST_CASE("a first sample is copied whole, later steps move less and less of what is missing") {
  const LearningParams params = paramsOf(8);
  LearnedState state = stateOf(64, {{0, 1, 2, 3, 4, 5, 6, 7}}, {0});
  CHECK(teach(params, state, {10, 11, 12, 13, 14, 15, 16, 17}) == 0);
  CHECK(onesOf(state, 0) == std::set<std::int64_t>{10, 11, 12, 13, 14, 15, 16, 17});
  CHECK(state.thresholdLearning[0] == 8);
  const std::set<std::int64_t> other{20, 21, 22, 23, 24, 25, 26, 27};
  // 75, 50, 25 and 10 percent, rounded up.
  for (const std::size_t common : {6u, 7u, 8u}) {
    teach(params, state, other);
    std::set<std::int64_t> ones = onesOf(state, 0), both;
    std::set_intersection(ones.begin(), ones.end(), other.begin(), other.end(),
                          std::inserter(both, both.end()));
    CHECK(ones.size() == 8);
    CHECK(both.size() == common);
  }
  CHECK(state.learningSteps[0] == 4);
}

TEST_CASE("the strongest neuron of the label's group learns, the first one of equals") {
  const LearningParams params = paramsOf(2, 2);
  const auto learns = [&](std::optional<std::int64_t> label, std::set<std::int64_t> sample) {
    LearnedState state = stateOf(8, {{0, 1}, {2, 3}, {0, 4}, {1, 2}}, {0, 0, 0, 0});
    return teach(params, state, sample, label);
  };
  CHECK(learns(std::nullopt, {0, 1, 4}) == 0);
  CHECK(learns(std::nullopt, {1, 2}) == 3);
  CHECK(learns(0, {1, 2}) == 0);
  CHECK(learns(1, {0, 1}) == 2);
  CHECK(learns(1, {6, 7}) == 2);
  CHECK(learns(2, {0, 1}) == -1);
  CHECK(learns(-1, {0, 1}) == -1);
  CHECK(learns(0, {}) == -1);
}

TEST_CASE("competition: neurons that learned hold others back unless the sample is new to them") {
  LearningParams params = paramsOf(4);
  const std::vector<std::set<std::int64_t>> ones{{0, 1, 2, 3}, {4, 5, 8, 9}};
  const auto learns = [&](float competition, std::set<std::int64_t> sample) {
    params.learningCompetition = competition;
    LearnedState state = stateOf(16, ones, {4, 0});
    return teach(params, state, sample);
  };
  // Three of neuron 0's four ones, two of neuron 1's: without competition 0 is no candidate.
  CHECK(learns(0.F, {0, 1, 2, 4, 5}) == 1);
  CHECK(learns(0.24F, {0, 1, 2, 4, 5}) == 1);
  CHECK(learns(0.25F, {0, 1, 2, 4, 5}) == 0);
  CHECK(learns(1.F, {0, 10}) == 0);
  // Where nobody is a candidate the whole group is.
  LearnedState all = stateOf(16, ones, {4, 4});
  params.learningCompetition = 0.F;
  CHECK(teach(params, all, {0, 1, 4}) == 0);
}

TEST_CASE("plasticity falls to its least, and nothing is learned at 0") {
  LearningParams params = paramsOf(4);
  params.minPlasticity = 0.F;
  LearnedState state = stateOf(16, {{0, 1, 2, 3}}, {0});
  for (int step = 0; step < 4; ++step) CHECK(teach(params, state, {8 + step, 12, 13, 14}) == 0);
  const LearnedState before = state;
  CHECK(teach(params, state, {4, 5, 6, 7}) == -1);
  CHECK(state == before);
  // The least is at most the initial one.
  params.minPlasticity = 1.F;
  params.initialPlasticity = 0.5F;
  params.plasticityDecay = 0.F;
  LearnedState slow = stateOf(16, {{0, 1, 2, 3}}, {0});
  CHECK(teach(params, slow, {8, 9, 10, 11}) == 0);
  CHECK(slow.thresholdLearning[0] == 2);
}

TEST_CASE("the number of steps does not overflow") {
  const LearningParams params = paramsOf(1);
  LearnedState state = stateOf(4, {{0}}, {1});
  state.learningSteps[0] = std::numeric_limits<std::int32_t>::max();
  CHECK(teach(params, state, {2}) == 0);
  CHECK(state.learningSteps[0] == std::numeric_limits<std::int32_t>::max());
  CHECK(onesOf(state, 0) == std::set<std::int64_t>{2});
}

TEST_CASE("new neurons have num_weights ones, others with each seed, and leave the old ones be") {
  LearningParams params = paramsOf(5);
  LearnedState state = initialState(params, 40, 3);
  for (std::int64_t n = 0; n < 3; ++n) CHECK(onesOf(state, n).size() == 5);
  CHECK(onesOf(state, 0) != onesOf(state, 1));
  LearnedState grown = state;
  addNeurons(params, 2, grown);
  CHECK(grown == initialState(params, 40, 5));
  for (std::int64_t n = 0; n < 3; ++n) CHECK(onesOf(grown, n) == onesOf(state, n));
  params.seed = std::numeric_limits<std::uint64_t>::max();
  CHECK_FALSE(initialState(params, 40, 3) == state);
}

TEST_CASE("the histogram counts neurons by the share of their weights that matched") {
  const std::vector<std::int32_t> thresholds{0, 0, 1, 150, 300, 2, 299};
  const Tensor histogram = learningHistogram(paramsOf(300), thresholds);
  CHECK(histogram.shape() == Shape{101, 2});
  std::map<std::int64_t, std::int64_t> counts;
  for (std::int64_t r = 0; r <= 100; ++r) {
    CHECK(histogram.integer(2 * r) == r);
    if (histogram.integer(2 * r + 1) > 0) counts[r] = histogram.integer(2 * r + 1);
  }
  CHECK(counts == std::map<std::int64_t, std::int64_t>{{0, 4}, {50, 1}, {99, 1}, {100, 1}});
}

TEST_CASE("random sequences: equal to the definition as it is written, state and potentials") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const auto share = [&] { return static_cast<float>(random.between(0, 1000)) / 1000.F; };
    const std::int64_t inputs = random.between(1, 70);
    LearningParams params;
    params.numWeights = static_cast<int>(random.between(1, inputs));
    params.numClasses = static_cast<int>(random.between(1, 4));
    if (random.between(0, 1) == 1) params.initialPlasticity = share();
    if (random.between(0, 1) == 1) params.learningCompetition = share();
    params.minPlasticity = random.between(0, 2) == 0 ? 0.F : share();
    params.plasticityDecay = share();
    params.seed = random.next() >> random.between(0, 63);
    const std::int64_t units = params.numClasses * random.between(1, 5);
    WrittenRule written(params, inputs, units);
    LearnedState state = initialState(params, inputs, units);
    REQUIRE(state == written.state());
    for (int sample = 0; sample < 40; ++sample) {
      CAPTURE(sample);
      if (random.between(0, 19) == 0) {
        const std::int64_t group = state.units() / params.numClasses;
        params.numClasses += 1;
        addNeurons(params, group, state);
        written.addClasses(1);
      }
      std::set<std::int64_t> active;
      const std::int64_t density = random.between(0, 10);
      for (std::int64_t i = 0; i < inputs; ++i) {
        if (random.between(0, 9) < density) active.insert(i);
      }
      const bool labelled = random.between(0, 2) > 0;
      const std::int64_t label = random.between(-1, params.numClasses);
      const std::vector<std::uint8_t> bits = bitsOf(inputs, active);
      const std::vector<std::int64_t> potentials = potentialsOf(state, bits);
      REQUIRE(potentials == written.fit(active, labelled, label));
      learn(params, state, bits, potentials,
            labelled ? std::optional<std::int64_t>(label) : std::nullopt);
      REQUIRE(state == written.state());
      for (std::int64_t n = 0; n < state.units(); ++n) {
        REQUIRE(onesOf(state, n).size() == static_cast<std::size_t>(params.numWeights));
      }
    }
  }
}

}  // namespace glint::test
