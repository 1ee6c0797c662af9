#include "nnets/graph/op_graph.h"
#include "nnets/layers/akida_transformer/extract_token.h"

namespace glint::akida {

Status ExtractToken::lower(OpBuilder&) const { return Error{Errc::Unsupported, "not lowered yet"}; }

}  // namespace glint::akida
