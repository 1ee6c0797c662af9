#include "nnets/layers/akida_temporal/stateful_recurrent.h"

#include "core/fixed_point.h"

namespace glint::akida {

using fixed_point::rescale;
using fixed_point::saturate;
using fixed_point::scaleOut;

IntMap StatefulRecurrent::newState(const Tensor& input) const {
  const IntMap in = shiftedInput(input);
  const std::int64_t states = statefulChannels;
  const std::vector<std::int64_t> w = values("in_proj", in.c * states);
  const std::vector<std::int64_t> scale = values("new_state_scale", states, 1);
  const std::vector<std::int64_t> shift = values("new_state_shift", states);

  IntMap u(1, in.y, states);
  for (std::int64_t t = 0; t < in.y; ++t)
    for (std::int64_t s = 0; s < states; ++s) {
      const auto at = static_cast<std::size_t>(s);
      std::int64_t sum = 0;
      for (std::int64_t c = 0; c < in.c; ++c) {
        sum += in.at(0, t)[c] * w[static_cast<std::size_t>(c * states + s)];
      }
      u.at(0, t)[s] =
          scaleOut(saturate(sum, post.bufferBits), static_cast<int>(scale[at]),
                   static_cast<int>(shift[at]), post.postOpBufferBits, post.postOpBufferBits, true);
    }
  return u;
}

Tensor StatefulRecurrent::reference(std::span<const Tensor> inputs, const TensorType& output,
                                    LayerState& state) const {
  const std::int64_t states = statefulChannels;
  const auto part = [&](const char* of) {
    Tensor& tensor = state[of];
    if (tensor.shape() != Shape{states}) tensor = Tensor(DType::I32, Shape{states});
    return tensor.as<std::int32_t>();
  };
  const std::span<std::int32_t> real = part("real"), imag = part("imag");
  const std::vector<std::int64_t> aReal = values("A_real", states);
  const std::vector<std::int64_t> aImag = values("A_imag", states);
  const std::vector<std::int64_t> shift = values("internal_state_outputs_shift", states);
  const std::vector<std::int64_t> w = values("out_proj", states * outputChannels);
  const int bits = post.postOpBufferBits;

  const IntMap u = newState(inputs[0]);
  IntMap sums(1, output.y(), outputChannels);
  for (std::int64_t t = 0; t < u.y; ++t) {
    for (std::int64_t s = 0; s < states; ++s) {
      const auto at = static_cast<std::size_t>(s);
      const std::int64_t re = real[at], im = imag[at];
      const std::int64_t turned = saturate(re * aReal[at] - im * aImag[at], bits);
      const std::int64_t newReal = saturate(turned + u.at(0, t)[s], bits);
      const std::int64_t newImag = saturate(re * aImag[at] + im * aReal[at], bits);
      const auto by = static_cast<int>(shift[at]);
      real[at] = static_cast<std::int32_t>(saturate(rescale(newReal, by), internalStateBits));
      imag[at] = static_cast<std::int32_t>(saturate(rescale(newImag, by), internalStateBits));
    }
    if ((t + 1) % subsample != 0) continue;
    std::int64_t* sum = sums.at(0, t / subsample);
    for (std::int64_t s = 0; s < states; ++s)
      for (std::int64_t f = 0; f < outputChannels; ++f) {
        sum[f] +=
            real[static_cast<std::size_t>(s)] * w[static_cast<std::size_t>(s * outputChannels + f)];
      }
  }
  return finish(std::move(sums), Padding::Same, output);
}

}  // namespace glint::akida
