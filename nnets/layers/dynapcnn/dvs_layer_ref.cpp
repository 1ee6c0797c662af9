#include "nnets/layers/dynapcnn/dvs_layer.h"

#include <algorithm>

#include "core/fixed_point.h"

namespace glint::dynapcnn {

Tensor DvsLayer::reference(std::span<const Tensor> inputs, const TensorType& output,
                           LayerState&) const {
  const Tensor& in = inputs[0];
  const std::int64_t columns = in.shape()[1], channels = in.shape()[2];
  const Area area = areaOf(in.shape());
  Tensor result(DType::I32, output.shape);
  std::span<std::int32_t> out = result.as<std::int32_t>();
  std::size_t next = 0;
  for (std::int64_t x = 0; x < output.x(); ++x)
    for (std::int64_t y = 0; y < output.y(); ++y)
      for (std::int64_t f = 0; f < output.channels(); ++f) {
        std::int64_t row = swapXY ? y : x, column = swapXY ? x : y;
        if (flipY) row = area.bottom - area.top - 1 - row;
        if (flipX) column = area.right - area.left - 1 - column;
        row = (row + area.top) * pool.x;
        column = (column + area.left) * pool.y;
        std::int64_t sum = 0;
        for (std::int64_t i = 0; i < pool.x; ++i)
          for (std::int64_t k = 0; k < pool.y; ++k)
            for (std::int64_t c = 0; c < channels; ++c) {
              if (!mergePolarities && c != f) continue;
              sum += in.integer(((row + i) * columns + column + k) * channels + c);
            }
        out[next++] =
            static_cast<std::int32_t>(fixed_point::saturate(sum, output.bits, output.isSigned));
      }
  return result;
}

}  // namespace glint::dynapcnn
