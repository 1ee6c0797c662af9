#pragma once

#include "nnets/layers/akida_v1/filter_layer.h"

namespace glint::akida {

/// Convolutional of Akida 1.0: true convolution (the kernel is reversed along x and y), then the
/// steps of PotentialLayer.
/// Shapes     x [X,Y,C] of 1, 2 or 4 bits, w [Kx,Ky,C,F] s8, y [X',Y',F] u8, or s32 without
///            activation.
/// Border     Same reads 0 outside the map.
/// Pooling    none, Max or Average: see FilterLayer.
/// Errors     Value: a parameter out of range; a Valid window larger than its map; an input of
///            another width; a potential that can leave int32.
/// Source     akida-runtime-api, akida.Convolutional.
class Convolutional : public FilterLayer {
 public:
  std::string_view type() const override { return "Convolutional"; }
  std::unique_ptr<Layer> clone() const override { return std::make_unique<Convolutional>(*this); }
  void fields(FieldVisitor& visitor) override;
  Result<TensorType> outputType(std::span<const TensorType> inputs) const override;
  std::vector<VariableDecl> variableTable(std::span<const TensorType> inputs) const override;
  Tensor reference(std::span<const Tensor> inputs, const TensorType& output,
                   LayerState& state) const override;
  Status lower(OpBuilder& builder) const override;
  std::int64_t macs(std::span<const TensorType> inputs) const override;

 protected:
  std::vector<std::int64_t> weightSums(const TensorType& input) const override;
};

}  // namespace glint::akida
