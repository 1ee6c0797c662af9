#pragma once

#include <cstdint>
#include <string_view>

#include "nnets/graph/learning_params.h"

namespace glint::api {

/// How the last layer of a model is to learn: Model::compile.
/// Source  akida-runtime-api, akida.Optimizer.
class Optimizer {
 public:
  explicit Optimizer(const LearningParams& params) : params_(params) {}

  /// The value of "num_weights" and the like. Error (Value): an unknown key; names those there are.
  Result<double> get(std::string_view key) const { return learningValue(params_, key); }
  const LearningParams& params() const { return params_; }

  bool operator==(const Optimizer&) const = default;

 private:
  LearningParams params_;
};

/// The optimizer of that name. `seed` is ours: with the same one, the same samples are learned the
/// same everywhere. Parameters are checked by Model::compile.
class AkidaUnsupervised : public Optimizer {
 public:
  explicit AkidaUnsupervised(int numWeights, int numClasses = 1, float initialPlasticity = 1.F,
                             float learningCompetition = 0.F, float minPlasticity = 0.1F,
                             float plasticityDecay = 0.25F, std::uint64_t seed = 0)
      : Optimizer({numWeights, numClasses, initialPlasticity, learningCompetition, minPlasticity,
                   plasticityDecay, seed}) {}
};

}  // namespace glint::api
