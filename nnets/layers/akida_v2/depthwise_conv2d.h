#pragma once

#include "nnets/layers/akida_v2/mac_layer.h"

namespace glint::akida {

/// DepthwiseConv2D of Akida 2.0: true convolution (the kernel is flipped along x and y) of each
/// channel by itself, then PostOps.
/// Shapes     x [X,Y,C], w [K,K,C,1] s8, y [X',Y',C].
/// Border     Same reads 0 outside the map.
/// Pooling    none or Max. The input is not shifted.
/// Errors     Value: a parameter out of range; a Valid window larger than its map.
/// Source     akida-runtime-api, akida.DepthwiseConv2D.
class DepthwiseConv2D : public WindowLayer {
 public:
  std::string_view type() const override { return "DepthwiseConv2D"; }
  std::unique_ptr<Layer> clone() const override { return std::make_unique<DepthwiseConv2D>(*this); }
  void fields(FieldVisitor& visitor) override;
  Result<TensorType> outputType(std::span<const TensorType> inputs) const override;
  std::vector<VariableDecl> variableTable(std::span<const TensorType> inputs) const override;
  Tensor reference(std::span<const Tensor> inputs, const TensorType& output,
                   LayerState& state) const override;
  Status lower(OpBuilder& builder) const override;
  std::int64_t macs(std::span<const TensorType> inputs) const override;
};

}  // namespace glint::akida
