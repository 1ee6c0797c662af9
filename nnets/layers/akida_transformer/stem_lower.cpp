#include "nnets/graph/op_graph.h"
#include "nnets/layers/akida_transformer/stem.h"

namespace glint::akida {

Status Stem::lower(OpBuilder&) const { return Error{Errc::Unsupported, "not lowered yet"}; }

}  // namespace glint::akida
