#pragma once

#include "nnets/layers/akida_v2/mac_layer.h"

namespace glint::akida {

/// MadNorm of Akida 2.0: a normalization by the sum of magnitudes. At every position, with
/// x' = sat_buffer(x << input_shift) and m = sat_buffer(sum over the channels of |x'|):
///   p = trunc(sat_buffer(gamma << gamma_shift) / m), towards zero; 0 where m is 0
///   y = PostOps(x' * p), with the bias beta << beta_shift
/// Shapes     x and y [X,Y,C], gamma s8 [C], beta s8 [C], the shifts u8 [C]. No activation.
/// Errors     Value: a parameter out of range.
/// Source     akida-runtime-api, akida.MadNorm; order and rounding as quantizeml 0.17.1, which
///            asserts that m is not 0: then x' is 0, too, and p does not matter.
class MadNorm : public MacLayer {
 public:
  MadNorm() {
    post.activation = ActivationType::NoActivation;
    post.biasName = "beta";
  }

  /// What is divided by m, of channel `c`.
  std::int64_t numerator(std::int64_t c) const;

  std::string_view type() const override { return "MadNorm"; }
  std::unique_ptr<Layer> clone() const override { return std::make_unique<MadNorm>(*this); }
  void fields(FieldVisitor& visitor) override;
  Result<TensorType> outputType(std::span<const TensorType> inputs) const override;
  std::vector<VariableDecl> variableTable(std::span<const TensorType> inputs) const override;
  Tensor reference(std::span<const Tensor> inputs, const TensorType& output,
                   LayerState& state) const override;
  Status lower(OpBuilder& builder) const override;
  std::int64_t macs(std::span<const TensorType> inputs) const override;
};

}  // namespace glint::akida
