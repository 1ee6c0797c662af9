#pragma once

#include "nnets/layers/akida_v2/mac_layer.h"

namespace glint::akida {

/// Conv2D of Akida 2.0: true convolution (the kernel is flipped along x and y), then PostOps.
/// Shapes     x [X,Y,C], input_shift u8 [C], w [K,K,C,F] s8, y [X',Y',F].
/// Border     Same reads 0 outside the map.
/// Pooling    none, Max, or Average of the whole map (y [1,1,F]).
/// Errors     Value: a parameter out of range; a Valid window larger than its map.
/// Source     akida-runtime-api, akida.Conv2D.
class Conv2D : public WindowLayer {
 public:
  int filters = 0;  ///< >= 1; required

  std::string_view type() const override { return "Conv2D"; }
  std::unique_ptr<Layer> clone() const override { return std::make_unique<Conv2D>(*this); }
  void fields(FieldVisitor& visitor) override;
  Result<TensorType> outputType(std::span<const TensorType> inputs) const override;
  std::vector<VariableDecl> variableTable(std::span<const TensorType> inputs) const override;
  Tensor reference(std::span<const Tensor> inputs, const TensorType& output,
                   LayerState& state) const override;
  Status lower(OpBuilder& builder) const override;
  std::int64_t macs(std::span<const TensorType> inputs) const override;

 protected:
  bool averageAllowed() const override { return true; }
};

}  // namespace glint::akida
