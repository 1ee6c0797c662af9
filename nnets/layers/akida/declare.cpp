#include "nnets/layers/akida/declare.h"

#include <utility>

namespace glint::akida {

VariableDecl declareBytes(std::string name, DType dtype, Shape shape, std::int64_t neutral) {
  VariableDecl decl;
  decl.name = std::move(name);
  decl.dtype = dtype;
  decl.shape = shape;
  decl.range = integerRange(8, dtype == DType::I8);
  decl.neutral = neutral;
  return decl;
}

VariableDecl declareScales(std::int64_t channels) {
  VariableDecl decl;
  decl.name = "scales";
  decl.dtype = DType::F32;
  decl.shape = Shape{channels};
  decl.required = true;
  decl.neutral = 1;
  decl.scalarBroadcasts = true;
  return decl;
}

}  // namespace glint::akida
