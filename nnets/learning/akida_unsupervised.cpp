#include "nnets/learning/akida_unsupervised.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace glint {
namespace {

constexpr std::int64_t kOne = 65536;  ///< shares are integers with 16 bits behind the point

std::int64_t fixed(double share) {
  return static_cast<std::int64_t>(std::floor(share * kOne + 0.5));
}

/// Shares in fixed point.
struct Shares {
  std::int64_t initial, least, decay, keep;

  explicit Shares(const LearningParams& params)
      : initial(fixed(double{params.initialPlasticity})),
        least(std::min(fixed(double{params.minPlasticity}), initial)),
        decay(fixed(double{params.plasticityDecay} * double{params.initialPlasticity})),
        keep(kOne - fixed(double{params.learningCompetition})) {}

  std::int64_t plasticity(std::int32_t steps) const {
    return std::max(least, initial - steps * decay);
  }
};

constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15u;

/// The finaliser of splitmix64 (Steele, Lea, Flood, OOPSLA 2014).
std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

/// An event of a neuron: the order in which it prefers its inputs.
class Keys {
 public:
  Keys(std::uint64_t seed, std::int64_t neuron, std::int64_t event) {
    std::uint64_t h = mix(seed + kGolden);
    h = mix(h + kGolden + static_cast<std::uint64_t>(neuron));
    base_ = mix(h + kGolden + static_cast<std::uint64_t>(event)) + kGolden;
  }

  /// The `count` inputs that come first.
  std::vector<std::int64_t> first(const std::vector<std::int64_t>& inputs,
                                  std::int64_t count) const {
    std::vector<std::pair<std::uint64_t, std::int64_t>> order;
    order.reserve(inputs.size());
    for (const std::int64_t i : inputs) {
      order.emplace_back(mix(base_ + static_cast<std::uint64_t>(i)), i);
    }
    std::partial_sort(order.begin(), order.begin() + count, order.end());
    std::vector<std::int64_t> chosen;
    for (std::int64_t k = 0; k < count; ++k) {
      chosen.push_back(order[static_cast<std::size_t>(k)].second);
    }
    return chosen;
  }

 private:
  std::uint64_t base_;
};

struct Group {
  std::int64_t first, last;
};

/// The neurons of which one may learn; none for a label of no class.
Group groupOf(const LearningParams& params, std::int64_t units, std::optional<std::int64_t> label) {
  if (!label) return {0, units};
  if (*label < 0 || *label >= params.numClasses) return {0, 0};
  const std::int64_t size = units / params.numClasses;
  return {*label * size, (*label + 1) * size};
}

/// The strongest neuron among candidates, or, where there is none, of the whole group.
std::int64_t winnerOf(const LearnedState& state, const Shares& shares, const Group& group,
                      std::span<const std::int64_t> potentials) {
  std::int64_t best = -1, bestOfAll = -1;
  const auto beats = [&](std::int64_t n, std::int64_t other) {
    return other < 0 ||
           potentials[static_cast<std::size_t>(n)] > potentials[static_cast<std::size_t>(other)];
  };
  for (std::int64_t n = group.first; n < group.last; ++n) {
    const auto at = static_cast<std::size_t>(n);
    const std::int64_t threshold = state.thresholdLearning[at];
    if (beats(n, bestOfAll)) bestOfAll = n;
    const bool candidate = threshold == 0 || potentials[at] * kOne >= threshold * shares.keep;
    if (candidate && beats(n, best)) best = n;
  }
  return best < 0 ? bestOfAll : best;
}

}  // namespace

void addNeurons(const LearningParams& params, std::int64_t count, LearnedState& state) {
  const std::int64_t before = state.units(), units = before + count;
  std::vector<std::int8_t> weights(static_cast<std::size_t>(state.inputs * units), 0);
  for (std::int64_t i = 0; i < state.inputs; ++i) {
    std::copy_n(state.weights.begin() + i * before, before, weights.begin() + i * units);
  }
  std::vector<std::int64_t> all(static_cast<std::size_t>(state.inputs));
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
  for (std::int64_t n = before; n < units; ++n) {
    for (const std::int64_t i : Keys(params.seed, n, 0).first(all, params.numWeights)) {
      weights[static_cast<std::size_t>(i * units + n)] = 1;
    }
  }
  state.weights = std::move(weights);
  state.thresholdLearning.resize(static_cast<std::size_t>(units), 0);
  state.learningSteps.resize(static_cast<std::size_t>(units), 0);
}

LearnedState initialState(const LearningParams& params, std::int64_t inputs, std::int64_t units) {
  LearnedState state;
  state.inputs = inputs;
  addNeurons(params, units, state);
  return state;
}

std::vector<std::int64_t> potentialsOf(const LearnedState& state,
                                       std::span<const std::uint8_t> active) {
  const auto units = static_cast<std::size_t>(state.units());
  std::vector<std::int64_t> sums(units, 0);
  for (std::size_t i = 0; i < active.size(); ++i) {
    if (active[i] == 0) continue;
    for (std::size_t n = 0; n < units; ++n) sums[n] += state.weights[i * units + n];
  }
  return sums;
}

int learn(const LearningParams& params, LearnedState& state, std::span<const std::uint8_t> active,
          std::span<const std::int64_t> potentials, std::optional<std::int64_t> label) {
  const Shares shares(params);
  const std::int64_t units = state.units();
  const Group group = groupOf(params, units, label);
  const bool silent = std::none_of(active.begin(), active.end(), [](auto bit) { return bit != 0; });
  if (group.first == group.last || silent) return -1;
  const std::int64_t neuron = winnerOf(state, shares, group, potentials);
  const auto at = static_cast<std::size_t>(neuron);
  std::int32_t& steps = state.learningSteps[at];
  const std::int64_t plasticity = shares.plasticity(steps);
  if (plasticity == 0) return -1;

  const auto weight = [&](std::int64_t i) -> std::int8_t& {
    return state.weights[static_cast<std::size_t>(i * units + neuron)];
  };
  std::vector<std::int64_t> add, drop;
  for (std::int64_t i = 0; i < state.inputs; ++i) {
    const bool on = active[static_cast<std::size_t>(i)] != 0;
    if (on != (weight(i) != 0)) (on ? add : drop).push_back(i);
  }
  const auto movable = static_cast<std::int64_t>(std::min(add.size(), drop.size()));
  const std::int64_t moved = (plasticity * movable + kOne - 1) / kOne;
  if (steps < std::numeric_limits<std::int32_t>::max()) ++steps;
  const std::int64_t event = 2 * std::int64_t{steps};
  for (const std::int64_t i : Keys(params.seed, neuron, event - 1).first(drop, moved)) {
    weight(i) = 0;
  }
  for (const std::int64_t i : Keys(params.seed, neuron, event).first(add, moved)) weight(i) = 1;
  state.thresholdLearning[at] =
      std::max(state.thresholdLearning[at], static_cast<std::int32_t>(potentials[at] + moved));
  return static_cast<int>(neuron);
}

Tensor learningHistogram(const LearningParams& params,
                         std::span<const std::int32_t> thresholdLearning) {
  Tensor histogram(DType::I32, Shape{101, 2});
  const std::span<std::int32_t> rows = histogram.as<std::int32_t>();
  for (std::size_t r = 0; r <= 100; ++r) rows[2 * r] = static_cast<std::int32_t>(r);
  for (const std::int64_t threshold : thresholdLearning) {
    ++rows[static_cast<std::size_t>(2 * (100 * threshold / params.numWeights) + 1)];
  }
  return histogram;
}

}  // namespace glint
