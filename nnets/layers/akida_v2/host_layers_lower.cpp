#include "nnets/graph/op_graph.h"
#include "nnets/layers/akida_v2/dequantizer.h"
#include "nnets/layers/akida_v2/quantizer.h"

namespace glint::akida {

Status Quantizer::lower(OpBuilder&) const {
  return Error{Errc::Unsupported, "a host edge: float32 to integers by IEEE arithmetic on the CPU"};
}

Status Dequantizer::lower(OpBuilder&) const {
  return Error{Errc::Unsupported, "a host edge: integers to float32 by IEEE arithmetic on the CPU"};
}

}  // namespace glint::akida
