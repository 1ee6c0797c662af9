#include "nnets/graph/op_graph.h"
#include "nnets/layers/akida_transformer/mad_norm.h"

namespace glint::akida {

Status MadNorm::lower(OpBuilder&) const { return Error{Errc::Unsupported, "not lowered yet"}; }

}  // namespace glint::akida
