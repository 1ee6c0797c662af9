#include "nnets/layers/akida_transformer/extract_token.h"

#include "nnets/graph/op_graph.h"

namespace glint::akida {

Status ExtractToken::lower(OpBuilder& builder) const {
  const std::int64_t channels = builder.outputType().channels();
  const TensorType& in = builder.typeOf(builder.input(0));
  const int axis = axisOf(in.shape);
  Op op;
  SumInput input;
  input.value = builder.input(0);
  if (axis == 2) {  // a selection of channels
    input.weights.assign(static_cast<std::size_t>(in.channels() * channels), 0);
    for (std::int64_t c = 0; c < channels; ++c) {
      input.weights[static_cast<std::size_t>((begin + c) * channels + c)] = 1;
    }
  } else {
    WindowGeometry::Axis& along = axis == 0 ? op.geometry.x : op.geometry.y;
    along.padded = true;
    along.before = -begin;
    along.after = static_cast<int>(begin + builder.outputType().shape[axis] - in.shape[axis]);
    input.diagonal = true;
    input.weights.assign(static_cast<std::size_t>(channels), 1);
  }
  op.inputs.push_back(std::move(input));
  builder.add(std::move(op));
  return {};
}

}  // namespace glint::akida
