#include "nnets/graph/op_graph.h"
#include "nnets/layers/akida_transformer/attention.h"

namespace glint::akida {

Status Attention::lower(OpBuilder&) const { return Error{Errc::Unsupported, "not lowered yet"}; }

}  // namespace glint::akida
