#include "nnets/layers/akida_v2/add.h"

#include "nnets/graph/op_graph.h"

namespace glint::akida {

Status Add::lower(OpBuilder& builder) const {
  const TensorType& output = builder.outputType();
  const auto channels = static_cast<std::size_t>(output.channels());
  Op op;
  for (int i = 0; i < 2; ++i) {
    SumInput input;
    input.value = builder.input(i);
    input.diagonal = true;
    input.weights.assign(channels, 1);
    input.saturateBits = bufferBits;
    for (std::size_t c = 0; c < channels; ++c) {
      input.shift.push_back(
          static_cast<int>(variable(i == 0 ? "a_shift" : "b_shift", static_cast<std::int64_t>(c))));
    }
    op.inputs.push_back(std::move(input));
  }
  const Interval buffer = integerRange(bufferBits, true);
  const bool relu = activation == ActivationType::ReLU;
  op.steps.push_back(ClampStep{std::vector<std::int64_t>(channels, relu ? 0 : buffer.lo),
                               std::vector<std::int64_t>(channels, buffer.hi)});
  RescaleStep scale{std::vector<int>(channels, 1), {}, 62, output.range()};  // no post-op clip
  for (std::size_t c = 0; c < channels; ++c) {
    scale.shift.push_back(static_cast<int>(variable("output_shift", static_cast<std::int64_t>(c))));
  }
  op.steps.push_back(std::move(scale));
  builder.add(std::move(op));
  return {};
}

}  // namespace glint::akida
