#pragma once

#include "nnets/layers/akida_v2/mac_layer.h"

namespace glint::akida {

/// Dense2D of Akida 2.0: product of every position's channels with one matrix, then PostOps.
/// Shapes     x [X,Y,C], input_shift u8 [C], weights s8 [C,units], y [X,Y,units]. No LUT, no
///            pooling. The tokens of a transformer are the positions of one row, X = 1.
/// Errors     Value: a parameter out of range.
/// Source     akida-runtime-api, akida.Dense2D; order and rounding as quantizeml 0.17.1.
class Dense2D : public MacLayer {
 public:
  int units = 0;  ///< >= 1; required

  Dense2D() { post.activation = ActivationType::NoActivation; }

  std::string_view type() const override { return "Dense2D"; }
  std::unique_ptr<Layer> clone() const override { return std::make_unique<Dense2D>(*this); }
  void fields(FieldVisitor& visitor) override;
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
