#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/result.h"
#include "core/tensor.h"

namespace glint::api {

/// The classes of samples for Model::fit: none, one for all samples, or one for each.
class Labels {
 public:
  Labels() = default;
  Labels(double one) : values_(Tensor::of(Shape{1}, std::vector<double>{one})) {}
  Labels(int one) : Labels(static_cast<double>(one)) {}
  /// Numbers [n], [1] or [0].
  Labels(Tensor array) : values_(std::move(array)) {}
  Labels(const std::vector<int>& list);

  /// The label of each of `count` samples; empty where there are none. Numbers are truncated.
  /// Errors (Value): another number of labels, or more than one axis; one that is no number.
  Result<std::vector<std::optional<std::int64_t>>> of(std::int64_t count) const;

 private:
  Tensor values_ = Tensor(DType::I32, Shape{0});
};

}  // namespace glint::api
