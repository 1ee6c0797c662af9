#pragma once

#include "nnets/layers/akida_v2/mac_layer.h"

namespace glint::akida {

/// Dense1D of Akida 2.0: product of the whole map with a matrix, then PostOps.
/// Shapes     x [X,Y,C], read in the order (x, y, c) as N = X*Y*C numbers, input_shift u8 [N],
///            w [N,units] s8, y [1,1,units]. No LUT, no pooling.
/// Errors     Value: a parameter out of range.
/// Source     akida-runtime-api, akida.Dense1D.
class Dense1D : public MacLayer {
 public:
  int units = 0;  ///< >= 1; required

  Dense1D() { post.activation = ActivationType::NoActivation; }

  std::string_view type() const override { return "Dense1D"; }
  std::unique_ptr<Layer> clone() const override { return std::make_unique<Dense1D>(*this); }
  void fields(FieldVisitor& visitor) override;
  bool fullyConvolutional() const override { return false; }
  Result<TensorType> outputType(std::span<const TensorType> inputs) const override;
  std::vector<VariableDecl> variableTable(std::span<const TensorType> inputs) const override;
  Tensor reference(std::span<const Tensor> inputs, const TensorType& output,
                   LayerState& state) const override;
  Status lower(OpBuilder& builder) const override;
  std::int64_t macs(std::span<const TensorType> inputs) const override;

 protected:
  bool lutAllowed() const override { return false; }
};

}  // namespace glint::akida
