#include "nnets/layers/akida_transformer/extract_token.h"

#include "nnets/layers/akida/int_map.h"

namespace glint::akida {

Tensor ExtractToken::reference(std::span<const Tensor> inputs, const TensorType& output,
                               LayerState&) const {
  const IntMap in = toIntMap(inputs[0]);
  const int axis = axisOf(inputs[0].shape());
  const std::int64_t x0 = axis == 0 ? begin : 0, y0 = axis == 1 ? begin : 0;
  const std::int64_t c0 = axis == 2 ? begin : 0;
  IntMap out(output.x(), output.y(), output.channels());
  for (std::int64_t x = 0; x < out.x; ++x)
    for (std::int64_t y = 0; y < out.y; ++y)
      for (std::int64_t c = 0; c < out.c; ++c) out.at(x, y)[c] = in.at(x0 + x, y0 + y)[c0 + c];
  return toTensor(out);
}

}  // namespace glint::akida
