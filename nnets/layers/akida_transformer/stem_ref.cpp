#include "nnets/layers/akida_transformer/stem.h"

#include "core/fixed_point.h"

namespace glint::akida {

using fixed_point::saturate;
using fixed_point::scaleOut;
using fixed_point::shiftLeft;

Tensor Stem::reference(std::span<const Tensor> inputs, const TensorType& output,
                       LayerState&) const {
  const IntMap in = toIntMap(inputs[0]);
  const std::int64_t k = kernelSize, across = in.y / k, first = numNonPatchTokens;
  const std::vector<std::int64_t> w = values("weights", k * k * in.c * filters);
  const int bits = post.bufferBits;

  IntMap rows(1, output.y(), filters);
  for (std::int64_t token = 0; token < first; ++token)
    for (std::int64_t f = 0; f < filters; ++f) {
      const std::int64_t at = token * filters + f;
      const auto shift = static_cast<int>(variable("tokens_shift", at));
      rows.at(0, token)[f] = saturate(shiftLeft(variable("tokens", at), shift), bits);
    }
  for (std::int64_t patch = 0; patch < output.y() - first; ++patch) {
    std::int64_t* sum = rows.at(0, first + patch);
    for (std::int64_t i = 0; i < k; ++i)
      for (std::int64_t j = 0; j < k; ++j)
        for (std::int64_t c = 0; c < in.c; ++c)
          for (std::int64_t f = 0; f < filters; ++f) {
            sum[f] += in.at(patch / across * k + i, patch % across * k + j)[c] *
                      w[static_cast<std::size_t>(((i * k + j) * in.c + c) * filters + f)];
          }
    for (std::int64_t f = 0; f < filters; ++f) {
      const auto shift = static_cast<int>(variable("bias_shift", f));
      const std::int64_t bias = saturate(shiftLeft(variable("bias", f), shift), bits);
      sum[f] = saturate(saturate(sum[f], bits) + bias, bits);
    }
  }
  for (std::int64_t token = 0; token < output.y(); ++token)
    for (std::int64_t f = 0; f < filters; ++f) {
      std::int64_t& v = rows.at(0, token)[f];
      const auto shift = static_cast<int>(variable("pos_embs_shift", f));
      const std::int64_t position = variable("pos_embedding", token * filters + f);
      v = saturate(v + saturate(shiftLeft(position, shift), bits), bits);
      v = scaleOut(v, static_cast<int>(variable("output_scales", f, 1)),
                   static_cast<int>(variable("output_shift", f)), post.postOpBufferBits,
                   post.outputBits, output.isSigned);
    }
  return toTensor(rows);
}

}  // namespace glint::akida
