#include "nnets/layers/akida_v1/fully_connected.h"

#include "nnets/layers/akida_v1/potential_layer_lower.h"

namespace glint::akida {

Status FullyConnected::lower(OpBuilder& builder) const {
  const TensorType in = builder.typeOf(builder.input(0));
  const std::vector<std::int64_t> weights = values("weights", in.shape.size() * units);
  SumInput input;
  input.value = builder.input(0);
  if (learning_) input.weightRange = integerRange(weightsBits, weightsBits > 1);
  input.weights.reserve(weights.size());
  // Positions in (x, y) order, then channels; the variable has columns of one channel each.
  for (std::int64_t x = 0; x < in.x(); ++x)
    for (std::int64_t y = 0; y < in.y(); ++y)
      for (std::int64_t c = 0; c < in.channels(); ++c) {
        const auto row = weights.begin() + ((c * in.y() + y) * in.x() + x) * units;
        input.weights.insert(input.weights.end(), row, row + units);
      }
  Op op;
  op.geometry = {WindowGeometry::Kind::Whole, {}, {}, Padding::Valid};
  op.inputs.push_back(std::move(input));
  appendActivation(op.steps, *this, units);
  builder.add(std::move(op));
  return {};
}

}  // namespace glint::akida
