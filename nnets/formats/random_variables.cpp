#include "nnets/formats/random_variables.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace glint {
namespace {

/// The root mean square of codes, of the largest one; behind an activation that loses half of a
/// bell-shaped sum, which is to be larger by the second number. Clipping ends what grows.
constexpr double kTypicalCode = 0.35;
constexpr double kHalved = 1.6;
/// The root mean square of bell(), of the largest weight; twice that with WeightSpread::Full.
constexpr double kTypicalWeight = 0.144;
/// The root mean square of 2^s for the input shifts 0, 1 and 2.
constexpr double kInputGain = 2.65;
/// The largest index into the table of an activation that is typical; kLutIndexBits has 1,023.
constexpr double kTypicalIndex = 300;

/// The left shift of what MadNorm divides: sixteen bits of its quotients are a fraction.
constexpr int kQuotientShift = 16;

/// Of one variable; what is larger is a mistake in a description.
constexpr std::int64_t kMostElements = std::int64_t{1} << 24;

/// Drawn unless a description names others.
constexpr std::array<std::string_view, 10> kUsual{
    "weights",          "weights_pw",    "bias",         "bias_shift", "activation_scales",
    "activation_shift", "output_scales", "output_shift", "act_step",   "gamma_shift"};

bool contains(std::span<const std::string> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The mean of four numbers of the range, or half of it: bell-shaped as trained weights are.
std::int64_t bell(Random& random, Interval range, WeightSpread spread) {
  std::int64_t sum = 0;
  for (int i = 0; i < 4; ++i) sum += random.between(range.lo, range.hi);
  const double divisor = spread == WeightSpread::Full ? 4 : 8;
  const auto mean = static_cast<std::int64_t>(std::lround(static_cast<double>(sum) / divisor));
  return std::clamp(mean, range.lo, range.hi);
}

/// round(log2(x)), at least 0 and at most 31.
int shiftFor(double x) {
  return x <= 1 ? 0 : std::min(static_cast<int>(std::lround(std::log2(x))), 31);
}

/// At least 1, so that logarithms of what is made of it are numbers.
double largestOf(const TensorType& type) {
  return static_cast<double>(std::max<std::int64_t>(type.range().hi, 1));
}

/// What sums are like before anything is known but shapes.
struct Typical {
  double sum = 1;     ///< a sum of products
  double pooled = 1;  ///< what the output scaling sees
  double code = 1;    ///< what it should make of it
};

Typical typicalOf(const Layer& layer, std::span<const TensorType> inputs, const TensorType& output,
                  const std::vector<VariableDecl>& drawn, WeightSpread spread) {
  const double weight = spread == WeightSpread::Full ? 2 * kTypicalWeight : kTypicalWeight;
  Typical typical;
  const Json params = writeFields(layer);
  const Json* activation = params.find("activation");
  const bool halved = activation != nullptr && *activation != Json("NoActivation");
  typical.code = (halved ? kHalved : 1) * kTypicalCode * largestOf(output);
  typical.sum = kTypicalCode * largestOf(inputs[0]);
  double taps = static_cast<double>(inputs.size());
  bool table = false;
  for (const VariableDecl& decl : drawn) {
    if (decl.name.rfind("weights", 0) == 0) {
      const std::int64_t columns = decl.shape.back() > 1 || decl.shape.rank() < 2
                                       ? decl.shape.back()
                                       : decl.shape[decl.shape.rank() - 2];
      taps *= static_cast<double>(decl.shape.size()) / static_cast<double>(columns);
      typical.sum *= std::max(weight * static_cast<double>(decl.range.hi), 1.);
    }
    if (decl.name == "input_shift") typical.sum *= kInputGain;
    if (decl.name == "gamma") {  // of what the sum of magnitudes leaves of one
      typical.sum =
          weight * 127 * std::exp2(kQuotientShift) / static_cast<double>(inputs[0].channels());
    }
    if (decl.name == "a") typical.sum *= weight * 127;
    table = table || decl.name == "lut_values";
  }
  typical.sum *= std::sqrt(taps);
  typical.pooled = table ? 2048 : typical.sum;
  if (const Json* mask = params.find("shiftmax_output_bits")) {  // a row adds up to about 2^E
    typical.sum =
        kTypicalCode * largestOf(inputs[0]) * std::exp2(static_cast<double>(*mask->asInt() - 1));
    typical.pooled = typical.sum;
  }
  const Json* pool = params.find("pool_type");
  if (pool != nullptr && *pool == Json("Average")) {
    const auto sums = static_cast<double>(layer.macs(inputs)) / taps;
    // Half of what is added is 0 behind a ReLU.
    typical.pooled *= std::max(sums / static_cast<double>(output.shape.size()) / 2, 1.);
  }
  return typical;
}

/// An 8-bit scale of 128 or more and a right shift that together multiply by `ratio`; without
/// scales the nearest power of two.
struct Scaling {
  Scaling(double ratio, bool scaled) {
    shift = scaled ? std::max(static_cast<int>(std::ceil(7 - std::log2(ratio))), 0)
                   : shiftFor(1 / ratio);
    scale = scaled ? ratio * std::exp2(shift) : 1;
  }
  /// One a channel, within a fifth of the middle.
  std::int64_t draw(Random& random) const {
    const auto middle = static_cast<std::int64_t>(scale);
    return random.between(std::min<std::int64_t>(middle - middle / 5, 255),
                          std::min<std::int64_t>(middle + middle / 5, 255));
  }
  int shift = 0;
  double scale = 1;
};

/// Draws the elements of one variable, one after the other.
class Drawer {
 public:
  Drawer(const Typical& typical, bool scaled, WeightSpread spread, Random& random)
      : typical_(typical),
        activation_(kTypicalIndex / typical.sum, true),
        output_(typical.code / typical.pooled, scaled),
        spread_(spread),
        random_(random) {}

  Result<std::int64_t> integer(const VariableDecl& decl, std::int64_t index) {
    const std::string& name = decl.name;
    if (name.rfind("weights", 0) == 0) return bell(random_, decl.range, spread_);
    if (name == "bias") return random_.between(-bias(), bias());
    if (name == "bias_shift" || name == "b_shift" || name == "beta_shift" ||
        name == "tokens_shift" || name == "pos_embs_shift") {
      return shiftFor(typical_.sum / 200);
    }
    if (name == "input_shift") return random_.between(0, 2);
    if (name == "a_shift" || name == "b_shift") return random_.between(0, 1);
    if (name == "max_value") return random_.between(128, 255);
    if (name == "max_value_shift") return shiftFor(typical_.sum / 64);
    if (name == "lut_values") return hardSwish(index);
    if (name == "activation_scales") return activation_.draw(random_);
    if (name == "activation_shift") return -activation_.shift;
    if (name == "output_scales") return output_.draw(random_);
    if (name == "output_shift") return -output_.shift;
    if (name == "padding_value") return random_.between(0, 255);
    if (name == "threshold" && decl.positive) return static_cast<std::int64_t>(typical_.sum);
    if (name == "threshold" || name == "b" || name == "beta" || name == "tokens" ||
        name == "pos_embedding") {
      return random_.between(-bias(), bias());
    }
    if (name == "a" || name == "gamma") return bell(random_, decl.range, spread_);
    if (name == "gamma_shift") return kQuotientShift;
    if (name == "value_shift" || name == "shiftmax_input_shift") return 0;
    return unknown(name);
  }

  Result<float> number(const VariableDecl& decl) {
    if (decl.name == "scales") return static_cast<float>(random_.between(2, 32));
    if (decl.name == "act_step") {
      return static_cast<float>(typical_.sum / 6) * static_cast<float>(random_.between(50, 150)) /
             100.F;
    }
    return unknown(decl.name);
  }

 private:
  static Error unknown(const std::string& name) {
    return {Errc::Value, "variable '" + name + "' cannot be drawn: nothing is known about it"};
  }
  /// A third of a typical sum, as far as a byte holds it; bias_shift does the rest.
  std::int64_t bias() const {
    return static_cast<std::int64_t>(std::clamp(typical_.sum / 3, 1., 64.));
  }
  /// x clamp(x + 3, 0, 6) / 6 for x = (index - 1024) / 128, in 14 bits.
  static std::int64_t hardSwish(std::int64_t index) {
    const std::int64_t i = index - 1024;
    return i * std::clamp<std::int64_t>(i + 384, 0, 768) / 96;
  }

  const Typical& typical_;
  Scaling activation_, output_;
  WeightSpread spread_;
  Random& random_;
};

template <typename T>
Status fill(Tensor& tensor, const VariableDecl& decl, Drawer& drawer) {
  std::int64_t index = 0;
  for (T& value : tensor.as<T>()) {
    if constexpr (std::is_same_v<T, float>) {
      GLINT_ASSIGN(value, drawer.number(decl));
    } else {
      GLINT_ASSIGN(const std::int64_t drawn, drawer.integer(decl, index++));
      value = static_cast<T>(std::clamp(drawn, decl.range.lo, decl.range.hi));
    }
  }
  return {};
}

Status draw(Tensor& tensor, const VariableDecl& decl, Drawer& drawer) {
  switch (decl.dtype) {
    case DType::I8:
      return fill<std::int8_t>(tensor, decl, drawer);
    case DType::U8:
      return fill<std::uint8_t>(tensor, decl, drawer);
    case DType::I32:
      return fill<std::int32_t>(tensor, decl, drawer);
    case DType::F32:
      return fill<float>(tensor, decl, drawer);
    default:
      return Error{Errc::Value, "variable '" + decl.name + "' cannot be drawn: it is of type " +
                                    std::string(name(decl.dtype))};
  }
}

}  // namespace

Status drawVariables(Layer& layer, std::span<const TensorType> inputs,
                     std::span<const std::string> names, WeightSpread spread, Random& random) {
  const Result<TensorType> output = layer.outputType(inputs);
  if (!output.ok()) return {};
  const std::vector<VariableDecl> table = layer.variableTable(inputs);
  for (const std::string& wanted : names) {
    const auto known = [&](const VariableDecl& decl) { return decl.name == wanted; };
    if (std::any_of(table.begin(), table.end(), known)) continue;
    return within(describe(layer), Error{Errc::Value, "has no variable '" + wanted + "'"});
  }
  std::vector<VariableDecl> drawn;
  for (const VariableDecl& decl : table) {
    const bool usual =
        decl.required || std::find(kUsual.begin(), kUsual.end(), decl.name) != kUsual.end();
    if (names.empty() ? usual : contains(names, decl.name)) drawn.push_back(decl);
  }
  const bool scaled = std::any_of(drawn.begin(), drawn.end(), [](const VariableDecl& decl) {
    return decl.name == "output_scales";
  });
  const Typical typical = typicalOf(layer, inputs, *output, drawn, spread);
  Drawer drawer(typical, scaled, spread, random);
  for (const VariableDecl& decl : drawn) {
    if (decl.shape.size() > kMostElements) {
      return within(describe(layer),
                    Error{Errc::Value, "variable '" + decl.name + "' has shape " +
                                           decl.shape.toString() + ", too large to be drawn"});
    }
    Tensor tensor(decl.dtype, decl.shape);
    if (Status status = draw(tensor, decl, drawer); !status) {
      return within(describe(layer), status.error());
    }
    layer.variables.insert_or_assign(decl.name, std::move(tensor));
  }
  return {};
}

}  // namespace glint
