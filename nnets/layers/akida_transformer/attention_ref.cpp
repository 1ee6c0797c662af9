#include "nnets/layers/akida_transformer/attention.h"

#include "core/fixed_point.h"
#include "nnets/layers/akida_transformer/shiftmax.h"

namespace glint::akida {

using fixed_point::rescale;
using fixed_point::saturate;
using fixed_point::shiftLeft;

Tensor Attention::reference(std::span<const Tensor> inputs, const TensorType& output,
                            LayerState&) const {
  const IntMap q = toIntMap(inputs[0]), k = toIntMap(inputs[1]);
  IntMap v = toIntMap(inputs[2]);
  const std::int64_t tokens = q.y, channels = q.c, perHead = channels / numHeads;
  for (std::int64_t j = 0; j < tokens; ++j)
    for (std::int64_t c = 0; c < channels; ++c) {
      const auto shift = static_cast<int>(variable("value_shift", c));
      v.at(0, j)[c] = saturate(shiftLeft(v.at(0, j)[c], shift), bufferBits);
    }

  IntMap mask(numHeads, tokens, tokens);
  for (std::int64_t h = 0; h < numHeads; ++h)
    for (std::int64_t i = 0; i < tokens; ++i)
      for (std::int64_t j = 0; j < tokens; ++j) {
        std::int64_t score = 0;
        for (std::int64_t c = h * perHead; c < (h + 1) * perHead; ++c) {
          score += q.at(0, i)[c] * k.at(0, j)[c];
        }
        mask.at(h, i)[j] = saturate(score, bufferBits);
      }
  const std::vector<std::int64_t> shift(static_cast<std::size_t>(tokens),
                                        variable("shiftmax_input_shift", 0));
  Shiftmax::apply(mask, shift, shiftmaxOutputBits - 1, bufferBits);

  IntMap result(1, tokens, channels);
  for (std::int64_t i = 0; i < tokens; ++i)
    for (std::int64_t c = 0; c < channels; ++c) {
      std::int64_t sum = 0;
      for (std::int64_t j = 0; j < tokens; ++j) {
        sum += mask.at(c / perHead, i)[j] * v.at(0, j)[c];
      }
      sum = rescale(saturate(sum, bufferBits), static_cast<int>(variable("output_shift", c)));
      result.at(0, i)[c] = saturate(sum, outputBits, output.isSigned);
    }
  return toTensor(result);
}

}  // namespace glint::akida
