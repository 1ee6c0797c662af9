#pragma once

#include <vector>

#include "nnets/api/model.h"

/// Stacks of samples. Internal to nnets/api.
namespace glint::api {

/// By sample, the feeds of a model, checked. Errors (Type, Value) name layer, sample and value.
Result<std::vector<std::vector<Tensor>>> samplesOf(const glint::Model& model, const Inputs& inputs);

/// The element type of forward(): codes behind an activation are bytes where they fit, everything
/// else has 32 bits.
DType outputDType(const glint::Model& model);

/// [n, ...] of `type` from n tensors of one shape, which is `shape`.
Result<Tensor> stack(const std::vector<Tensor>& samples, DType type, const Shape& shape);

}  // namespace glint::api
