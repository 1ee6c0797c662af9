#include "nnets/graph/op_graph.h"
#include "nnets/layers/akida_transformer/shiftmax.h"

namespace glint::akida {

Status Shiftmax::lower(OpBuilder&) const { return Error{Errc::Unsupported, "not lowered yet"}; }

}  // namespace glint::akida
