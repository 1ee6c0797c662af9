#include "nnets/layers/akida/input_data.h"

#include "nnets/graph/op_graph.h"

namespace glint::akida {

Status InputData::lower(OpBuilder& builder) const {
  builder.forward(builder.input(0));
  return {};
}

}  // namespace glint::akida
