#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/glint/learn_pictures.h"
#include "apps/glint/progress.h"
#include "nnets/api/model.h"

namespace glint::cli {

/// One picture's features and class.
struct FeatureSample {
  std::vector<std::uint8_t> bits;
  int label = 0;
};

/// The features of all pictures, in the order of examplesOf. Errors: those of Model::forward.
Result<std::vector<FeatureSample>> featuresOf(api::Model& model,
                                              const std::vector<PictureClass>& classes,
                                              const std::vector<int>& labels, Progress& progress);

/// How many features are 1: the median, at least 1.
int usualOnes(const std::vector<FeatureSample>& samples);

/// How many of `unknown` have the class of the nearest of the first `count` of `known`, by the
/// number of features that differ, the first one of equals.
std::size_t nearestRight(const std::vector<FeatureSample>& known, std::size_t count,
                         const std::vector<FeatureSample>& unknown);

}  // namespace glint::cli
