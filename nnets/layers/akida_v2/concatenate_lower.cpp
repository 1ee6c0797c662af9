#include "nnets/layers/akida_v2/concatenate.h"

#include "nnets/graph/op_graph.h"

namespace glint::akida {

Status Concatenate::lower(OpBuilder& builder) const {
  const std::int64_t channels = builder.outputType().channels();
  Op op;
  std::int64_t first = 0;
  for (int i = 0; i < builder.inputCount(); ++i) {
    SumInput input;
    input.value = builder.input(i);
    const std::int64_t own = builder.typeOf(input.value).channels();
    // A selection: weight 1 from channel c to channel first + c, 0 elsewhere.
    input.weights.assign(static_cast<std::size_t>(own * channels), 0);
    for (std::int64_t c = 0; c < own; ++c) {
      input.weights[static_cast<std::size_t>(c * channels + first + c)] = 1;
    }
    first += own;
    op.inputs.push_back(std::move(input));
  }
  builder.add(std::move(op));
  return {};
}

}  // namespace glint::akida
