#include "nnets/layers/akida_temporal/buffer_temp_conv.h"

#include "nnets/graph/op_graph.h"

namespace glint::akida {

Status BufferTempConv::lower(OpBuilder&) const {
  return Error{Errc::Unsupported, "keeps state, which lives on the processor"};
}

}  // namespace glint::akida
