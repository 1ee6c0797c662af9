#pragma once

#include <optional>

#include "nnets/graph/layer.h"

namespace glint::akida {

/// ExtractToken of Akida 2.0: entries begin .. end - 1 of the first axis that is not 1, without
/// arithmetic: tokens of [1,T,C], rows of [X,Y,C], channels of [1,1,C].
/// Shapes     x [X,Y,C], integers of any width; y the same with that axis shortened.
/// Errors     Value: begin or end outside the axis, or nothing between them.
/// Source     akida-runtime-api, akida.ExtractToken.
class ExtractToken : public Layer {
 public:
  int begin = 0;           ///< 0 .. end - 1
  std::optional<int> end;  ///< begin + 1 .. extent; none: the extent

  /// The axis that is shortened, 0..2.
  static int axisOf(const Shape& input);

  std::string_view type() const override { return "ExtractToken"; }
  std::unique_ptr<Layer> clone() const override { return std::make_unique<ExtractToken>(*this); }
  std::optional<IpVersion> ipVersion() const override { return IpVersion::V2; }
  void fields(FieldVisitor& visitor) override;
  bool fullyConvolutional() const override { return false; }
  Result<TensorType> outputType(std::span<const TensorType> inputs) const override;
  std::vector<VariableDecl> variableTable(std::span<const TensorType> inputs) const override;
  Tensor reference(std::span<const Tensor> inputs, const TensorType& output,
                   LayerState& state) const override;
  Status lower(OpBuilder& builder) const override;
  std::int64_t macs(std::span<const TensorType>) const override { return 0; }
};

}  // namespace glint::akida
