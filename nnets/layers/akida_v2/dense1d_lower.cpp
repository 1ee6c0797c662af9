#include "nnets/layers/akida_v2/dense1d.h"

#include "core/fixed_point.h"
#include "nnets/layers/akida_v2/mac_layer_lower.h"

namespace glint::akida {

Status Dense1D::lower(OpBuilder& builder) const {
  const TensorType& in = builder.typeOf(builder.input(0));
  const std::int64_t positions = in.x() * in.y(), channels = in.channels();
  SumInput input;
  input.value = builder.input(0);
  const Tensor& weights = variables.find("weights")->second;
  for (std::int64_t i = 0; i < weights.size(); ++i) input.weights.push_back(weights.integer(i));
  if (positions == 1) {
    lowerShifts(input, *this, channels);
  } else {
    // One shift a position and channel: it moves into the weights where it cannot saturate.
    for (std::int64_t n = 0; n < positions * channels; ++n) {
      const auto shift = static_cast<int>(variable("input_shift", n));
      const Interval shifted{fixed_point::shiftLeft(in.range().lo, shift),
                             fixed_point::shiftLeft(in.range().hi, shift)};
      if (!integerRange(post.bufferBits, true).contains(shifted)) {
        return Error{Errc::Unsupported, "input_shift " + std::to_string(shift) + " of element " +
                                            std::to_string(n) + " can saturate buffer_bits " +
                                            std::to_string(post.bufferBits)};
      }
      for (std::int64_t u = 0; u < units; ++u) {
        std::int64_t& w = input.weights[static_cast<std::size_t>(n * units + u)];
        w = fixed_point::shiftLeft(w, shift);
      }
    }
  }
  lowerMac(builder, *this, {WindowGeometry::Kind::Whole, {}, {}, Padding::Valid}, std::move(input),
           Shape{1, 1, units}, Padding::Same);
  return {};
}

}  // namespace glint::akida
