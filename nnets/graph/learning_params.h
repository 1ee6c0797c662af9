#pragma once

#include <cstdint>
#include <string_view>

#include "core/json.h"
#include "core/result.h"

namespace glint {

/// How a layer learns by AkidaUnsupervised (nnets/learning/akida_unsupervised.h): the arguments of
/// its constructor, and a seed of ours. All but the seed have the defaults of the interface.
struct LearningParams {
  int numWeights = 0;  ///< ones of each neuron, 1 .. inputs; required
  int numClasses = 1;  ///< equal groups that the neurons form, >= 1
  // Shares, 0 .. 1.
  float initialPlasticity = 1.F;
  float learningCompetition = 0.F;
  float minPlasticity = 0.1F;
  float plasticityDecay = 0.25F;
  std::uint64_t seed = 0;

  bool operator==(const LearningParams&) const = default;
};

/// Checks the parameters for a layer of `units` neurons that read `inputs` bits. Errors (Value)
/// name the parameter, its value and what is legal.
Status checkLearning(const LearningParams& params, std::int64_t inputs, std::int64_t units);

/// The parameter called `key`, as "num_weights". Error (Value): there is none; names those there
/// are.
Result<double> learningValue(const LearningParams& params, std::string_view key);

/// {"optimizer": "AkidaUnsupervised", "num_weights": ..., ...}, as in model files. A seed of 2^63
/// and above is a text of its digits.
Json learningToJson(const LearningParams& params);

/// The inverse; absent parameters have their defaults. Errors (Format, Value) name key and value;
/// Unsupported: another optimizer.
Result<LearningParams> learningFromJson(const Json& json);

}  // namespace glint
