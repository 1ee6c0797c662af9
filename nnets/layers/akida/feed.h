#pragma once

#include <cstdint>
#include <vector>

#include "core/result.h"
#include "core/shape.h"

/// The input_shape parameter of the layers that stand first.
namespace glint::akida {

/// Errors (Value): not three extents, or extents out of range.
Result<Shape> feedShape(const std::vector<int>& inputShape);

/// Replaces the first two extents. Errors (Value) as feedShape; then nothing is changed.
Status setFeedShape(std::vector<int>& inputShape, std::int64_t x, std::int64_t y);

/// Whether 32-bit signed integers hold all values; errors (Value) name `parameter`.
Status checkWidth(const char* parameter, int bits, bool isSigned);

}  // namespace glint::akida
