#include "nnets/layers/dynapcnn/discretize.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

namespace glint::dynapcnn {
namespace {

constexpr float kNoFloor = -32768;  ///< what the chip has where sinabs has none
constexpr int kWeightBits = 8, kStateBits = 16;

/// The largest factor by which all of `values` fit `bits`; infinite where all are 0.
float scaleFor(std::span<const float> values, int bits) {
  const Interval range = integerRange(bits, true);
  const auto lo = static_cast<float>(range.lo), hi = static_cast<float>(range.hi);
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const auto ratio =
      static_cast<float>(static_cast<double>(-range.lo) / static_cast<double>(range.hi));
  if (std::abs(*least) <= std::abs(*most) * ratio) return std::abs(hi / *most);
  return std::abs(lo / *least);
}

float rounded(float v, float scale) { return std::nearbyint(v * scale); }

void round(Tensor& tensor, float scale) {
  for (float& v : tensor.as<float>()) v = rounded(v, scale);
}

Tensor numbers(std::span<const float> values, DType type, Shape shape) {
  Tensor tensor(type, shape);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (type == DType::F32) {
      tensor.as<float>()[i] = values[i];
    } else {
      setElement(tensor, static_cast<std::int64_t>(i), static_cast<std::int64_t>(values[i]));
    }
  }
  return tensor;
}

}  // namespace

Result<Discretized> discretizeConvSpike(const Conv2d& conv, const IafSqueeze& spk) {
  Discretized d{conv, spk, 1, {}};
  const float least = spk.minVMem.value_or(kNoFloor);
  const float limits[] = {least, spk.threshold};
  d.scale = std::min(scaleFor(conv.weight.as<float>(), kWeightBits), scaleFor(limits, kStateBits));
  if (conv.bias) d.scale = std::min(d.scale, scaleFor(conv.bias->as<float>(), kWeightBits));
  if (spk.vMem) d.scale = std::min(d.scale, scaleFor(spk.vMem->as<float>(), kStateBits));
  round(d.conv.weight, d.scale);
  if (d.conv.bias) round(*d.conv.bias, d.scale);
  if (d.spk.vMem) round(*d.spk.vMem, d.scale);
  d.spk.threshold = rounded(spk.threshold, d.scale);
  d.spk.minVMem = rounded(least, d.scale);
  if (d.spk.threshold <= 0) {
    return Error{Errc::Value, "discretized with scale " + std::to_string(d.scale) +
                                  " the threshold " + std::to_string(spk.threshold) +
                                  " becomes 0, legal: a larger one" +
                                  (spk.minVMem ? "" : ", or a min_v_mem")};
  }
  if (!spk.minVMem) {
    const std::span<const float> w = d.conv.weight.as<float>();
    const auto zeros = std::count(w.begin(), w.end(), 0.f);
    d.warning =
        "without min_v_mem the membrane's bound is -32768, which leaves discretization no scale "
        "above 1: it is " +
        std::to_string(d.scale) + ", and " + std::to_string(zeros) + " of " +
        std::to_string(w.size()) + " weights are 0; give min_v_mem, -threshold for example";
  }
  return d;
}

bool isWhole(float v, Interval range) {
  return v == std::nearbyint(v) && v >= static_cast<float>(range.lo) &&
         v <= static_cast<float>(range.hi);
}

bool holdsIntegers(const Conv2d& conv, const IafSqueeze& spk) {
  const Interval membrane = integerRange(kMembraneBits, true);
  const Interval symmetric{-membrane.hi, membrane.hi};
  const auto all = [](const Tensor& tensor, Interval range) {
    const std::span<const float> v = tensor.as<float>();
    return std::all_of(v.begin(), v.end(), [&](float x) { return isWhole(x, range); });
  };
  return all(conv.weight, integerRange(kWeightBits, true)) &&
         (!conv.bias || all(*conv.bias, symmetric)) && (!spk.vMem || all(*spk.vMem, membrane)) &&
         isWhole(spk.threshold, symmetric) && isWhole(spk.minVMem.value_or(0), symmetric) &&
         isWhole(spk.subtractValue.value_or(0), symmetric) && isWhole(spk.resetValue, symmetric);
}

void giveVariables(const Conv2d& conv, const IafSqueeze& spk, SpikingLayer& layer) {
  const Shape& s = conv.weight.shape();
  const std::span<const float> from = conv.weight.as<float>();
  std::vector<float> weights(from.size());
  for (std::int64_t f = 0, i = 0; f < s[0]; ++f)
    for (std::int64_t c = 0; c < s[1]; ++c)
      for (std::int64_t p = 0; p < s[2] * s[3]; ++p, ++i) {
        weights[static_cast<std::size_t>((p * s[1] + c) * s[0] + f)] =
            from[static_cast<std::size_t>(i)];
      }
  const DType number = layer.integers ? DType::I32 : DType::F32;
  const auto set = [&](const char* name, float value) {
    layer.variables[name] = numbers(std::span(&value, 1), number, {1});
  };
  layer.variables.clear();
  layer.variables["weights"] =
      numbers(weights, layer.integers ? DType::I8 : DType::F32, {s[2], s[3], s[1], s[0]});
  if (conv.bias) {
    layer.variables["bias"] = numbers(conv.bias->as<float>(), number, {s[0]});
  }
  set("threshold", spk.threshold);
  if (spk.minVMem) set("min_v_mem", *spk.minVMem);
  if (layer.resetToValue) {
    set("reset_value", spk.resetValue);
  } else if (spk.subtractValue) {
    set("subtract_value", *spk.subtractValue);
  }
}

}  // namespace glint::dynapcnn
