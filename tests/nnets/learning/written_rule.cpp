#include "tests/nnets/learning/written_rule.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <tuple>

namespace glint::test {
namespace {

std::int64_t sixteen(double v) { return static_cast<std::int64_t>(std::floor(v * 65536 + 0.5)); }

std::uint64_t mixed(std::uint64_t z) {
  z ^= z >> 30;
  z *= 0xBF58476D1CE4E5B9u;
  z ^= z >> 27;
  z *= 0x94D049BB133111EBu;
  z ^= z >> 31;
  return z;
}

}  // namespace

WrittenRule::WrittenRule(const LearningParams& params, std::int64_t inputs, std::int64_t units)
    : params_(params), inputs_(inputs) {
  grow(units);
}

WrittenRule::Inputs WrittenRule::first(const Inputs& from, std::int64_t neuron, std::int64_t event,
                                       std::size_t count) const {
  constexpr std::uint64_t kG = 0x9E3779B97F4A7C15u;
  std::vector<std::tuple<std::uint64_t, std::int64_t>> keyed;
  for (const std::int64_t i : from) {
    std::uint64_t h = mixed(params_.seed + kG);
    for (const std::int64_t part : {neuron, event, i}) {
      h = mixed(h + kG + static_cast<std::uint64_t>(part));
    }
    keyed.emplace_back(h, i);
  }
  std::sort(keyed.begin(), keyed.end());
  Inputs chosen;
  for (std::size_t k = 0; k < count; ++k) chosen.insert(std::get<1>(keyed[k]));
  return chosen;
}

void WrittenRule::grow(std::int64_t units) {
  Inputs all;
  for (std::int64_t i = 0; i < inputs_; ++i) all.insert(i);
  for (auto n = static_cast<std::int64_t>(neurons_.size()); n < units; ++n) {
    neurons_.push_back({first(all, n, 0, static_cast<std::size_t>(params_.numWeights)), 0, 0});
  }
}

void WrittenRule::addClasses(int count) {
  const auto units = static_cast<std::int64_t>(neurons_.size());
  const std::int64_t group = units / params_.numClasses;
  params_.numClasses += count;
  grow(units + count * group);
}

std::vector<std::int64_t> WrittenRule::fit(const std::set<std::int64_t>& sample, bool labelled,
                                           std::int64_t label) {
  const auto units = static_cast<std::int64_t>(neurons_.size());
  const auto matching = [&](const Inputs& ones) {
    Inputs both;
    std::set_intersection(ones.begin(), ones.end(), sample.begin(), sample.end(),
                          std::inserter(both, both.end()));
    return static_cast<std::int64_t>(both.size());
  };
  std::vector<std::int64_t> potentials;
  for (const Neuron& neuron : neurons_) potentials.push_back(matching(neuron.ones));
  if (sample.empty() || (labelled && (label < 0 || label >= params_.numClasses))) return potentials;

  const std::int64_t group = units / params_.numClasses;
  std::vector<std::int64_t> members, candidates;
  for (std::int64_t n = 0; n < units; ++n) {
    if (!labelled || n / group == label) members.push_back(n);
  }
  const std::int64_t keep = 65536 - sixteen(static_cast<double>(params_.learningCompetition));
  for (const std::int64_t n : members) {
    const std::int64_t threshold = neurons_[static_cast<std::size_t>(n)].threshold;
    const std::int64_t potential = potentials[static_cast<std::size_t>(n)];
    if (threshold == 0 || potential * 65536 >= threshold * keep) candidates.push_back(n);
  }
  if (candidates.empty()) candidates = members;
  const std::int64_t winner =
      *std::max_element(candidates.begin(), candidates.end(), [&](std::int64_t a, std::int64_t b) {
        const auto pa = potentials[static_cast<std::size_t>(a)];
        const auto pb = potentials[static_cast<std::size_t>(b)];
        return pa != pb ? pa < pb : a > b;
      });
  Neuron& neuron = neurons_[static_cast<std::size_t>(winner)];

  const std::int64_t initial = sixteen(static_cast<double>(params_.initialPlasticity));
  const std::int64_t least = std::min(sixteen(static_cast<double>(params_.minPlasticity)), initial);
  const std::int64_t decay = sixteen(static_cast<double>(params_.plasticityDecay) *
                                     static_cast<double>(params_.initialPlasticity));
  const std::int64_t plasticity = std::max(least, initial - neuron.steps * decay);
  if (plasticity == 0) return potentials;
  Inputs add, drop;
  std::set_difference(sample.begin(), sample.end(), neuron.ones.begin(), neuron.ones.end(),
                      std::inserter(add, add.end()));
  std::set_difference(neuron.ones.begin(), neuron.ones.end(), sample.begin(), sample.end(),
                      std::inserter(drop, drop.end()));
  const auto exchangeable = static_cast<double>(std::min(add.size(), drop.size()));
  const auto moved =
      static_cast<std::size_t>(std::ceil(static_cast<double>(plasticity) * exchangeable / 65536.));
  ++neuron.steps;
  for (const std::int64_t i : first(drop, winner, 2 * neuron.steps - 1, moved)) {
    neuron.ones.erase(i);
  }
  neuron.ones.merge(first(add, winner, 2 * neuron.steps, moved));
  neuron.threshold = std::max(neuron.threshold, potentials[static_cast<std::size_t>(winner)] +
                                                    static_cast<std::int64_t>(moved));
  return potentials;
}

LearnedState WrittenRule::state() const {
  LearnedState state;
  state.inputs = inputs_;
  for (std::int64_t i = 0; i < inputs_; ++i) {
    for (const Neuron& neuron : neurons_) state.weights.push_back(neuron.ones.contains(i) ? 1 : 0);
  }
  for (const Neuron& neuron : neurons_) {
    state.thresholdLearning.push_back(static_cast<std::int32_t>(neuron.threshold));
    state.learningSteps.push_back(static_cast<std::int32_t>(neuron.steps));
  }
  return state;
}

}  // namespace glint::test
