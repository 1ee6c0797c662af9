#pragma once

#include "nnets/layers/akida_v2/mac_layer.h"

namespace glint::akida {

/// InputConv2D of Akida 2.0: cross-correlation of a picture, then PostOps.
/// Shapes     x [X,Y,C] u8 (s8 with input_signed), w [K,K,C,F] s8, y [X',Y',F].
/// Border     Same reads padding_value (u8, one or one a channel) outside the picture. The variable
///            of that name wins over the parameter. Without effect when padding is Valid.
/// Pooling    none or Max. The input is not shifted.
/// Errors     Value: a parameter out of range; a Valid window larger than its map; an input from
///            another layer.
/// Source     akida-runtime-api, akida.InputConv2D. input_signed is an addition: the
///            converters accept signed inputs, for which the interface has no parameter.
class InputConv2D : public WindowLayer {
 public:
  std::vector<int> inputShape;  ///< [x, y, c]; required
  int filters = 0;              ///< >= 1; required
  int paddingValue = 0;         ///< 0..255
  bool inputSigned = false;

  /// The value outside the picture in `channel`.
  std::int64_t border(std::int64_t channel) const {
    return variable("padding_value", channel, paddingValue);
  }

  std::string_view type() const override { return "InputConv2D"; }
  std::unique_ptr<Layer> clone() const override { return std::make_unique<InputConv2D>(*this); }
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
};

}  // namespace glint::akida
