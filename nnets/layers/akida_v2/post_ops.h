#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.h"
#include "nnets/graph/fields.h"
#include "nnets/graph/layer.h"

/// What follows the sum of products in every Akida V2 layer with weights. In this order:
///   1 saturate to buffer_bits
///   2 + (bias << bias_shift), each saturated to buffer_bits
///   3 max pooling
///   4 ReLU: clip to [0, max_value << max_value_shift], or LUT: lut_values[i + 1024] with
///     i = scaleOut(v, activation_scales, activation_shift) in 11 signed bits
///   5 average pooling: the plain sum over x and y, not clipped
///   6 scaleOut(v, output_scales, output_shift) to output_bits
/// Shifts: bias_shift and max_value_shift go left; activation_shift and output_shift go left when
/// positive, right with rounding half up when negative.
/// Source: akida-runtime-api (V2 layers); order, rounding and widths as quantizeml 1.2.5 has them.
namespace glint::akida {

/// Width of the index into the table of a LUT activation (signed), its entries, and their width.
constexpr int kLutIndexBits = 11;
constexpr int kLutSize = 2048;
constexpr int kLutValueBits = 14;

/// Activation, widths and output scaling.
struct PostOps {
  ActivationType activation = ActivationType::ReLU;
  int outputBits = 8;         ///< 1..32; at most postOpBufferBits
  int bufferBits = 32;        ///< 2..32, signed: the accumulator
  int postOpBufferBits = 32;  ///< 2..32, signed: products with a scale
  /// How the layer calls its bias; the bias's shift has "_shift" behind it.
  std::string biasName = "bias";

  void fields(FieldVisitor& visitor);
  /// Errors (Value): a width outside its range; LUT where the layer has none.
  Status check(bool lutAllowed) const;
  /// Appends bias, bias_shift, max_value (absent: no upper bound), max_value_shift (ReLU only),
  /// lut_values, activation_scales, activation_shift (LUT only), output_scales and output_shift,
  /// one element for each of `channels` channels.
  void declare(std::vector<VariableDecl>& table, std::int64_t channels) const;
};

/// Max pooling by windows, or average pooling of the whole map.
struct Pooling {
  PoolType type = PoolType::NoPooling;
  int size = -1;    ///< Max: >= 1; Average: -1, the whole map
  int stride = -1;  ///< Max: >= 1, or -1 for `size`; Average: -1

  void fields(FieldVisitor& visitor);
  int step() const { return stride == -1 ? size : stride; }
  /// The shape of `map` after pooling. Errors (Value): see the members; a Valid window larger than
  /// the map; Average where the layer has none.
  Result<Shape> pooled(const Shape& map, Padding padding, bool averageAllowed) const;
};

}  // namespace glint::akida
