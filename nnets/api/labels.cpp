#include "nnets/api/labels.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace glint::api {
namespace {

/// Element `i`, truncated; beyond what classes are counted with, any number beyond.
Result<std::int64_t> labelAt(const Tensor& values, std::int64_t i) {
  if (isInteger(values.type())) return values.integer(i);
  const auto at = static_cast<std::size_t>(i);
  const double value = values.type() == DType::F32 ? static_cast<double>(values.as<float>()[at])
                                                   : values.as<double>()[at];
  if (std::isnan(value)) {
    return Error{Errc::Value, "label " + std::to_string(i) + " is not a number"};
  }
  constexpr double kFar = 4294967296.;
  return static_cast<std::int64_t>(std::trunc(std::clamp(value, -kFar, kFar)));
}

}  // namespace

Labels::Labels(const std::vector<int>& list)
    : values_(Tensor::of(Shape{static_cast<std::int64_t>(list.size())},
                         std::vector<std::int32_t>(list.begin(), list.end()))) {}

Result<std::vector<std::optional<std::int64_t>>> Labels::of(std::int64_t count) const {
  const std::int64_t given = values_.size();
  if (values_.shape().rank() > 1 || (given > 1 && given != count)) {
    return Error{Errc::Value, "the labels have shape " + values_.shape().toString() + ", legal: [" +
                                  std::to_string(count) + "], one for each input, [1] or none"};
  }
  std::vector<std::optional<std::int64_t>> labels(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count && given > 0; ++i) {
    GLINT_ASSIGN(labels[static_cast<std::size_t>(i)], labelAt(values_, given == 1 ? 0 : i));
  }
  return labels;
}

}  // namespace glint::api
