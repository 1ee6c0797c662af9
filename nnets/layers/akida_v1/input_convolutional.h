#pragma once

#include "nnets/layers/akida_v1/filter_layer.h"

namespace glint::akida {

/// InputConvolutional of Akida 1.0: cross-correlation of a picture, then the steps of
/// PotentialLayer. Shapes     x [X,Y,C] u8, C is 1 or 3, w [Kx,Ky,C,F] s8 of 1, 2, 4 or 8 bits, y
/// [X',Y',F] u8, or
///            s32 without activation.
/// Border     Same reads padding_value outside the picture; without effect when padding is Valid.
/// Pooling    none, Max or Average: see FilterLayer.
/// Errors     Value: a parameter out of range; a Valid window larger than its map; an input from
///            another layer; a potential that can leave int32.
/// Source     akida-runtime-api, akida.InputConvolutional.
class InputConvolutional : public FilterLayer {
 public:
  std::vector<int> inputShape;  ///< [x, y, c]; required
  int paddingValue = 0;         ///< 0..255

  std::string_view type() const override { return "InputConvolutional"; }
  std::unique_ptr<Layer> clone() const override {
    return std::make_unique<InputConvolutional>(*this);
  }
  void fields(FieldVisitor& visitor) override;
  Arity arity() const override { return {0, 0}; }
  Result<TensorType> feedType() const override;
  Status setFeedExtent(std::int64_t x, std::int64_t y) override;
  Result<TensorType> outputType(std::span<const TensorType> inputs) const override;
  std::vector<VariableDecl> variableTable(std::span<const TensorType> inputs) const override;
  Tensor reference(std::span<const Tensor> inputs, const TensorType& output,
                   LayerState& state) const override;
  Status lower(OpBuilder& builder) const override;
  std::int64_t macs(std::span<const TensorType> inputs) const override;

 protected:
  Status checkWeightsBits() const override;
  std::vector<std::int64_t> weightSums(const TensorType& input) const override;
};

}  // namespace glint::akida
