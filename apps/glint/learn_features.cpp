#include "apps/glint/learn_features.h"

#include <algorithm>
#include <limits>

namespace glint::cli {

Result<std::vector<FeatureSample>> featuresOf(api::Model& model,
                                              const std::vector<PictureClass>& classes,
                                              const std::vector<int>& labels, Progress& progress) {
  std::vector<FeatureSample> samples;
  std::size_t most = 0;
  for (const PictureClass& one : classes) most = std::max(most, one.codes.size());
  for (std::size_t i = 0; i < most; ++i) {
    progress.show("looking at pictures", static_cast<std::int64_t>(i),
                  static_cast<std::int64_t>(most));
    const Examples examples = examplesOf(classes, labels, i, i + 1);
    GLINT_ASSIGN(const Tensor bits, model.forward(examples.inputs));
    const std::size_t size = static_cast<std::size_t>(bits.size()) / examples.labels.size();
    for (std::size_t k = 0; k < examples.labels.size(); ++k) {
      const auto row = bits.as<std::uint8_t>().subspan(k * size, size);
      samples.push_back({{row.begin(), row.end()}, examples.labels[k]});
    }
  }
  progress.clear();
  return samples;
}

int usualOnes(const std::vector<FeatureSample>& samples) {
  std::vector<std::int64_t> counts;
  for (const FeatureSample& sample : samples) {
    counts.push_back(std::count(sample.bits.begin(), sample.bits.end(), 1));
  }
  const auto middle = counts.begin() + static_cast<std::ptrdiff_t>(counts.size() / 2);
  std::nth_element(counts.begin(), middle, counts.end());
  return static_cast<int>(std::max<std::int64_t>(*middle, 1));
}

std::size_t nearestRight(const std::vector<FeatureSample>& known, std::size_t count,
                         const std::vector<FeatureSample>& unknown) {
  std::size_t right = 0;
  for (const FeatureSample& sample : unknown) {
    std::int64_t best = std::numeric_limits<std::int64_t>::max();
    int label = -1;
    for (std::size_t k = 0; k < count; ++k) {
      std::int64_t distance = 0;
      for (std::size_t b = 0; b < sample.bits.size(); ++b) {
        distance += sample.bits[b] != known[k].bits[b] ? 1 : 0;
      }
      if (distance >= best) continue;
      best = distance;
      label = known[k].label;
    }
    right += label == sample.label ? 1 : 0;
  }
  return right;
}

}  // namespace glint::cli
