#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "nnets/learning/akida_unsupervised.h"

/// AkidaUnsupervised written down a second time, from its definition alone: sets of inputs instead
/// of matrices, rationals instead of loops over bits. Slow.
namespace glint::test {

class WrittenRule {
 public:
  WrittenRule(const LearningParams& params, std::int64_t inputs, std::int64_t units);

  void addClasses(int count);
  /// The potentials before learning. A label below 0: none is given.
  std::vector<std::int64_t> fit(const std::set<std::int64_t>& sample, bool labelled,
                                std::int64_t label);
  LearnedState state() const;

 private:
  using Inputs = std::set<std::int64_t>;
  struct Neuron {
    Inputs ones;
    std::int64_t threshold = 0;
    std::int64_t steps = 0;
  };

  void grow(std::int64_t units);
  /// The `count` members of `from` whose keys are least.
  Inputs first(const Inputs& from, std::int64_t neuron, std::int64_t event,
               std::size_t count) const;

  LearningParams params_;
  std::int64_t inputs_;
  std::vector<Neuron> neurons_;
};

}  // namespace glint::test
