#pragma once

#include "nnets/layers/akida_v2/mac_layer.h"

namespace glint::akida {

/// Conv2DTranspose of Akida 2.0: transposed convolution of stride 2 (the kernel is not flipped),
/// then PostOps.
/// Shapes     x [X,Y,C], input_shift u8 [C], w [K,K,C,F] s8, y [2X,2Y,F].
/// Errors     Value: a parameter out of range.
/// Source     akida-runtime-api, akida.Conv2DTranspose.
class Conv2DTranspose : public TransposedLayer {
 public:
  int filters = 0;  ///< >= 1; required

  std::string_view type() const override { return "Conv2DTranspose"; }
  std::unique_ptr<Layer> clone() const override { return std::make_unique<Conv2DTranspose>(*this); }
  void fields(FieldVisitor& visitor) override;
  Result<TensorType> outputType(std::span<const TensorType> inputs) const override;
  std::vector<VariableDecl> variableTable(std::span<const TensorType> inputs) const override;
  Tensor reference(std::span<const Tensor> inputs, const TensorType& output,
                   LayerState& state) const override;
  Status lower(OpBuilder& builder) const override;
  std::int64_t macs(std::span<const TensorType> inputs) const override;
};

}  // namespace glint::akida
