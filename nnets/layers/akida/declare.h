#pragma once

#include <string>

#include "nnets/graph/layer.h"

/// Declarations of variables, for variableTable().
namespace glint::akida {

/// An optional integer variable of `dtype` (U8 or I8) that may hold all of its 8 bits.
VariableDecl declareBytes(std::string name, DType dtype, Shape shape, std::int64_t neutral = 0);

/// The required float scales of quantizers: one, or one a channel.
VariableDecl declareScales(std::int64_t channels);

}  // namespace glint::akida
