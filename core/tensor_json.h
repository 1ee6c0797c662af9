#pragma once

#include "core/json.h"
#include "core/tensor.h"

namespace glint {

/// A tensor as {"dtype": "int8", "shape": [3, 3, 1, 8], "data": "..."}; data is the row-major
/// little-endian bytes in base64, so that every number comes back bit for bit.
Json tensorToJson(const Tensor& tensor);

/// The inverse. Errors (Format): another structure, an unknown dtype, data that is no base64 or of
/// another size than dtype and shape say.
Result<Tensor> tensorFromJson(const Json& json);

}  // namespace glint
