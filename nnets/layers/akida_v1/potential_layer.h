#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "nnets/graph/layer.h"
#include "nnets/layers/akida/int_map.h"

namespace glint::akida {

/// Base of the Akida V1 layers: exact potentials, pooled, then a step-wise activation.
///   1 potentials: sums of products. A layer with one that can leave int32 is refused.
///   2 pooling, where the layer has it: the maximum of windows, or the plain sum of the whole map
///   3 activation: with T = threshold and s = act_step * 2^(4 - act_bits), the code is 0 for p <=
///   T,
///     n + 1 for T + n*s < p <= T + (n+1)*s, and at most 2^act_bits - 1. The product n*s is exact.
///     Without activation the output is the potential, T not subtracted.
/// Variables  weights s8, weights_bits wide (0 and 1 at one bit), absent: 0; threshold s32, absent:
///            0, and act_step f32 above 0, absent: 1, both one a filter.
/// predict    float32(p - T) / act_step, for layers without activation.
/// Source     akida-runtime-api, Akida V1 layers; order of steps as cnn2snn 2.19.3 converts to it.
class PotentialLayer : public Layer {
 public:
  int weightsBits = 1;     ///< 1, 2, 4
  bool activation = true;  ///< false: the output is the int32 potentials
  int actBits = 1;         ///< 1, 2, 4: width of the codes, unsigned

  std::optional<IpVersion> ipVersion() const override { return IpVersion::V1; }
  bool hasActivation() const override { return activation; }
  Tensor predicted(const Tensor& output) const override;
  /// Errors (Value): a potential can leave int32.
  Status checkTogether(std::span<const TensorType> inputs) const override;

  /// act_step as `filters` numbers.
  std::vector<float> actSteps(std::int64_t filters) const;
  /// The largest magnitude that a potential can have, after pooling, over all filters.
  std::int64_t largestPotential(const TensorType& input) const;

 protected:
  void activationFields(FieldVisitor& visitor);
  /// Errors (Value): the input of a layer behind others is not of 1, 2 or 4 bits.
  static Status checkInput(const TensorType& input);
  /// Errors (Value): `filters` sums of `taps` products each are more than a layer may have.
  static Status checkWeightCount(std::int64_t taps, std::int64_t filters);
  /// Checks the widths; gives the type of an output of shape `shape`.
  Result<TensorType> finishType(const Shape& shape) const;
  VariableDecl declareWeights(std::string variableName, Shape shape) const;
  /// Appends threshold and act_step.
  static void declareActivation(std::vector<VariableDecl>& table, std::int64_t filters);

  virtual Status checkWeightsBits() const;
  /// The sum of |weight| of each of `columns` columns, the last axis, of a variable; 0 when absent.
  std::vector<std::int64_t> sumsOfMagnitudes(std::string_view variableName,
                                             std::int64_t columns) const;
  /// By filter: the sum of |weight| over what a potential adds.
  virtual std::vector<std::int64_t> weightSums(const TensorType& input) const = 0;
  /// How many potentials pooling adds into one.
  virtual std::int64_t summedPositions(const TensorType&) const { return 1; }

  // The definition (potential_layer_ref.cpp).
  /// Step 3 on pooled potentials.
  Tensor activate(const IntMap& potentials) const;
};

}  // namespace glint::akida
