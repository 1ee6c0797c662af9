#pragma once

#include "nnets/layers/akida_v1/filter_layer.h"

namespace glint::akida {

/// SeparableConvolutional of Akida 1.0: true convolution of each channel by itself, whose sums are
/// mixed by a 1x1 convolution without rounding or clipping between, then the steps of
/// PotentialLayer. Shapes     x [X,Y,C] of 1, 2 or 4 bits, weights [Kx,Ky,C,1] and weights_pw
/// [1,1,C,F] s8, both
///            weights_bits wide, y [X',Y',F] u8, or s32 without activation.
/// Border     Same reads 0 outside the map. Only the first stage has the kernel and its stride.
/// Pooling    none, Max or Average: see FilterLayer.
/// Errors     Value: a parameter out of range; a Valid window larger than its map; an input of
///            another width; a potential that can leave int32.
/// Source     akida-runtime-api, akida.SeparableConvolutional.
class SeparableConvolutional : public FilterLayer {
 public:
  SeparableConvolutional() { weightsBits = 2; }

  std::string_view type() const override { return "SeparableConvolutional"; }
  std::unique_ptr<Layer> clone() const override {
    return std::make_unique<SeparableConvolutional>(*this);
  }
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
