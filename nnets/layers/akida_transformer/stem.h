#pragma once

#include "nnets/layers/akida_v2/mac_layer.h"

namespace glint::akida {

/// Stem of Akida 2.0: from a picture to tokens. Patches of kernel_size by kernel_size, side by
/// side, each a token (row by row), behind the n = num_non_patch_tokens others, then positions:
///   patch = sat(sat(cross-correlation) + (bias << bias_shift)); token = tokens << tokens_shift
///   y = scaleOut(sat(patch or token + (pos_embedding << pos_embs_shift))); each shifted variable
///   is saturated to buffer_bits, as is every sum
/// Shapes     x [X,X,C] u8, X a multiple of K = kernel_size; weights s8 [K,K,C,filters], bias s8
///            and bias_shift u8 [filters], tokens s8 and tokens_shift u8 [n,filters],
///            pos_embedding s8 [T,filters], pos_embs_shift u8 [filters]; y [1,T,filters] with
///            T = n + (X/K)^2.
/// Errors     Value: a parameter out of range; a picture that is not square, or no multiple of K;
///            an input from another layer.
/// Source     akida-runtime-api, akida.Stem; order and rounding as quantizeml 0.17.1.
class Stem : public MacLayer {
 public:
  std::vector<int> inputShape;  ///< [x, x, c]; required
  int filters = 192;            ///< >= 1
  int kernelSize = 16;          ///< >= 1
  int numNonPatchTokens = 0;    ///< >= 0

  Stem() { post.activation = ActivationType::NoActivation; }

  /// What patch or token `token` meets of channel `f`, and tokens are: shifted, saturated.
  std::int64_t positionAt(std::int64_t token, std::int64_t f) const;
  std::int64_t tokenAt(std::int64_t token, std::int64_t f) const;

  std::string_view type() const override { return "Stem"; }
  std::unique_ptr<Layer> clone() const override { return std::make_unique<Stem>(*this); }
  void fields(FieldVisitor& visitor) override;
  Arity arity() const override { return {0, 0}; }
  bool fullyConvolutional() const override { return false; }
  Result<TensorType> feedType() const override;
  Result<TensorType> outputType(std::span<const TensorType> inputs) const override;
  std::vector<VariableDecl> variableTable(std::span<const TensorType> inputs) const override;
  Tensor reference(std::span<const Tensor> inputs, const TensorType& output,
                   LayerState& state) const override;
  Status lower(OpBuilder& builder) const override;
  std::int64_t macs(std::span<const TensorType> inputs) const override;

 private:
  std::int64_t shifted(const char* of, std::int64_t at, const char* shiftName,
                       std::int64_t shiftAt) const;
};

}  // namespace glint::akida
