#include "nnets/layers/dynapcnn/spiking_layer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/fixed_point.h"

namespace glint::dynapcnn {
namespace {

constexpr std::int64_t kMostCounts = std::numeric_limits<std::int32_t>::max();

/// What comes into each neuron [h, w, F] at this step, from weights and bias in `T`.
template <typename T>
std::vector<T> currents(const SpikingLayer& layer, const Tensor& input, const Shape& neurons,
                        const std::vector<T>& weights, const std::vector<T>& bias) {
  const Shape& in = input.shape();
  const std::int64_t rows = in[0], columns = in[1], channels = in[2], filters = neurons[2];
  const std::span<const std::int32_t> x = input.as<std::int32_t>();
  std::vector<T> out;
  std::vector<T> sums(static_cast<std::size_t>(filters));
  for (std::int64_t h = 0; h < neurons[0]; ++h)
    for (std::int64_t w = 0; w < neurons[1]; ++w) {
      std::fill(sums.begin(), sums.end(), T{0});
      for (std::int64_t kx = 0; kx < layer.kernelSize.x; ++kx)
        for (std::int64_t ky = 0; ky < layer.kernelSize.y; ++ky) {
          const std::int64_t row = h * layer.stride.x - layer.padding.x + kx;
          const std::int64_t column = w * layer.stride.y - layer.padding.y + ky;
          if (row < 0 || row >= rows || column < 0 || column >= columns) continue;
          for (std::int64_t c = 0; c < channels; ++c) {
            const auto at = static_cast<std::size_t>((row * columns + column) * channels + c);
            if (x[at] == 0) continue;
            const T value = static_cast<T>(x[at]);
            const auto first =
                static_cast<std::size_t>(((kx * layer.kernelSize.y + ky) * channels + c) * filters);
            for (std::size_t f = 0; f < sums.size(); ++f) sums[f] += value * weights[first + f];
          }
        }
      for (std::size_t f = 0; f < sums.size(); ++f) out.push_back(sums[f] + bias[f]);
    }
  return out;
}

/// Sums of windows of spikes [h, w, F], saturated.
Tensor pooled(const std::vector<std::int64_t>& spikes, const Shape& neurons, Pair pool,
              std::int64_t limit, const Shape& shape) {
  Tensor result(DType::I32, shape);
  std::span<std::int32_t> out = result.as<std::int32_t>();
  std::size_t next = 0;
  for (std::int64_t x = 0; x < shape[0]; ++x)
    for (std::int64_t y = 0; y < shape[1]; ++y)
      for (std::int64_t f = 0; f < shape[2]; ++f) {
        std::int64_t sum = 0;
        for (std::int64_t i = 0; i < pool.x; ++i)
          for (std::int64_t k = 0; k < pool.y; ++k) {
            const std::int64_t at = (x * pool.x + i) * neurons[1] + y * pool.y + k;
            sum += spikes[static_cast<std::size_t>(at * neurons[2] + f)];
          }
        out[next++] = static_cast<std::int32_t>(std::min(sum, limit));
      }
  return result;
}

std::vector<float> floats(const SpikingLayer& layer, const char* name, std::int64_t count) {
  std::vector<float> out(static_cast<std::size_t>(count), 0.f);
  const auto found = layer.variables.find(name);
  if (found == layer.variables.end()) return out;
  const std::span<const float> values = found->second.as<float>();
  std::copy(values.begin(), values.end(), out.begin());
  return out;
}

}  // namespace

Tensor SpikingLayer::integerStep(const Tensor& input, const TensorType& output,
                                 Tensor& membrane) const {
  using fixed_point::saturate;
  const Shape& at = membrane.shape();
  const std::int64_t channels = input.shape()[2];
  const std::int64_t threshold = variable("threshold", 0, 1);
  const std::int64_t subtract = variable("subtract_value", 0, threshold);
  const std::int64_t reset = variable("reset_value", 0);
  const bool bounded = hasVariable("min_v_mem");
  const std::int64_t least = variable("min_v_mem", 0);
  const std::vector<std::int64_t> in = currents<std::int64_t>(
      *this, input, at, values("weights", kernelSize.x * kernelSize.y * channels * filters),
      values("bias", filters));
  std::vector<std::int64_t> spikes;
  for (std::size_t n = 0; n < in.size(); ++n) {
    std::int32_t& v = membrane.as<std::int32_t>()[n];
    const std::int64_t u = saturate(v + in[n], kMembraneBits);
    std::int64_t s = u > 0 ? u / threshold : 0;
    if (maxSpikes > 0) s = std::min<std::int64_t>(s, maxSpikes);
    std::int64_t after = resetToValue ? (s > 0 ? 0 : u) + reset : u - s * subtract;
    if (bounded) after = std::max(after, least);
    v = static_cast<std::int32_t>(saturate(after, kMembraneBits));
    spikes.push_back(s);
  }
  return pooled(spikes, at, pool, countLimit > 0 ? countLimit : kMostCounts, output.shape);
}

Tensor SpikingLayer::floatStep(const Tensor& input, const TensorType& output,
                               Tensor& membrane) const {
  const Shape& at = membrane.shape();
  const std::int64_t channels = input.shape()[2];
  const float threshold = floats(*this, "threshold", 1)[0];
  const bool bounded = hasVariable("min_v_mem");
  const float least = floats(*this, "min_v_mem", 1)[0];
  const float subtract =
      hasVariable("subtract_value") ? floats(*this, "subtract_value", 1)[0] : threshold;
  const float reset = floats(*this, "reset_value", 1)[0];
  const std::vector<float> in = currents<float>(
      *this, input, at, floats(*this, "weights", kernelSize.x * kernelSize.y * channels * filters),
      floats(*this, "bias", filters));
  std::vector<std::int64_t> spikes;
  for (std::size_t n = 0; n < in.size(); ++n) {
    float& v = membrane.as<float>()[n];
    const float u = v + in[n];
    float s = u > 0 ? std::trunc(u / threshold) : 0.f;
    if (maxSpikes > 0) s = std::min(s, static_cast<float>(maxSpikes));
    v = resetToValue ? (s > 0 ? 0.f : u) + reset : u - s * subtract;
    // As sinabs has it, rounding included.
    if (bounded) v = std::max(v - least, 0.f) + least;
    spikes.push_back(s < static_cast<float>(kMostCounts) ? static_cast<std::int64_t>(s)
                                                         : kMostCounts);
  }
  return pooled(spikes, at, pool, countLimit > 0 ? countLimit : kMostCounts, output.shape);
}

Tensor SpikingLayer::reference(std::span<const Tensor> inputs, const TensorType& output,
                               LayerState& state) const {
  Tensor& membrane = state["membrane"];
  const Shape at = neuronShape(inputs[0].shape());
  const DType type = integers ? DType::I32 : DType::F32;
  if (membrane.shape() != at || membrane.type() != type) membrane = Tensor(type, at);
  return integers ? integerStep(inputs[0], output, membrane)
                  : floatStep(inputs[0], output, membrane);
}

}  // namespace glint::dynapcnn
