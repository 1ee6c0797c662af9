#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/tensor.h"
#include "nnets/graph/learning_params.h"

/// The learning rule AkidaUnsupervised: integers only, the same on every platform, a function of
/// parameters, state and sample. It knows no model (learned_layer.h does).
///
/// Every neuron has num_weights ones. Of each sample the group of its class (without a label: all
/// neurons) decides who learns: a candidate has not learned yet, or its potential reaches the share
/// 1 - learning_competition of the greatest match that it ever had; without any, the whole group
/// is. The strongest candidate, the first one of equals, gives up some of its ones that the sample
/// lacks for as many that the sample has: its plasticity's share of what could be exchanged.
/// Plasticity falls by plasticity_decay of its initial value with each step, down to
/// min_plasticity. Which inputs change is drawn by keys: the splitmix64 finaliser over seed,
/// neuron, event, input.
///
/// The rule is Glint's own: no public text defines the one of BrainChip's runtime, and results are
/// not those of its runtime or silicon. Source: docs/learning.md.
namespace glint {

/// The variables of a layer that learns.
struct LearnedState {
  std::int64_t inputs = 0;
  std::vector<std::int8_t> weights;             ///< [inputs][units], 0 or 1
  std::vector<std::int32_t> thresholdLearning;  ///< by neuron: its best match; 0: none yet
  std::vector<std::int32_t> learningSteps;      ///< by neuron

  std::int64_t units() const { return static_cast<std::int64_t>(thresholdLearning.size()); }
  bool operator==(const LearnedState&) const = default;
};

/// Appends `count` neurons that have not learned. `params` are those of all neurons.
void addNeurons(const LearningParams& params, std::int64_t count, LearnedState& state);

/// A layer of `units` neurons that have not learned. The parameters are legal (checkLearning).
LearnedState initialState(const LearningParams& params, std::int64_t inputs, std::int64_t units);

/// By neuron: how many of its ones are active in the sample, `active[i]` being 0 or 1.
std::vector<std::int64_t> potentialsOf(const LearnedState& state,
                                       std::span<const std::uint8_t> active);

/// Learns from one sample whose potentials are potentialsOf(). `label` empty: any neuron may learn;
/// outside 0 .. num_classes - 1: none does. Returns the neuron that learned, or -1.
int learn(const LearningParams& params, LearnedState& state, std::span<const std::uint8_t> active,
          std::span<const std::int64_t> potentials, std::optional<std::int64_t> label);

/// int32 [101, 2]: row r is [r, how many neurons match r percent of their weights at best].
Tensor learningHistogram(const LearningParams& params,
                         std::span<const std::int32_t> thresholdLearning);

}  // namespace glint
