#include "nnets/layers/akida_temporal/stateful_recurrent.h"

#include "nnets/graph/op_graph.h"

namespace glint::akida {

Status StatefulRecurrent::lower(OpBuilder&) const {
  return Error{Errc::Unsupported, "its recurrence runs on the processor"};
}

}  // namespace glint::akida
