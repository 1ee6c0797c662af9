#pragma once

#include <vector>

#include "nnets/api/model.h"

/// Seeded learning: a model whose last layer is compiled to learn, and calls of all kinds.
namespace glint::test {

/// One call on a model that learns: fit, or add_classes.
struct LearningCall {
  int addedClasses = 0;  ///< 0: fit
  Tensor inputs;
  std::vector<int> labels;  ///< none, one, or one a sample; some beyond the classes
  int batchSize = 0;
};

struct LearningSequence {
  api::Model model;  ///< in software
  std::vector<LearningCall> calls;
};

/// Features are bits: fed ones, or those of convolutions with random weights and thresholds near
/// typical sums. Maps from 1x1 up, one neuron and more, every competition and plasticity.
LearningSequence randomLearning(std::uint64_t seed);

/// Makes one call; what fit returns, or an empty tensor.
Result<Tensor> play(api::Model& model, const LearningCall& call);

}  // namespace glint::test
