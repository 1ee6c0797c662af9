#pragma once

#include "nnets/graph/layer.h"

namespace glint::akida {

/// InputData: declares what a model is fed with and passes it on unchanged. Serves V1, whose layers
/// read 1, 2 or 4 bits, and V2.
/// Parameters  input_shape [x, y, c]; input_bits 1..32 (1..31 unsigned), default 4; input_signed.
/// Errors      Value: a shape or width out of range; an input from another layer.
/// Source      akida-runtime-api, akida.InputData.
class InputData : public Layer {
 public:
  std::vector<int> inputShape;  ///< required
  int inputBits = 4;
  bool inputSigned = false;

  std::string_view type() const override { return "InputData"; }
  std::unique_ptr<Layer> clone() const override { return std::make_unique<InputData>(*this); }
  void fields(FieldVisitor& visitor) override;
  Arity arity() const override { return {0, 0}; }
  Result<TensorType> feedType() const override;
  Status setFeedExtent(std::int64_t x, std::int64_t y) override;
  Result<TensorType> outputType(std::span<const TensorType> inputs) const override;
  std::vector<VariableDecl> variableTable(std::span<const TensorType> inputs) const override;
  Tensor reference(std::span<const Tensor> inputs, const TensorType& output,
                   LayerState& state) const override;
  Status lower(OpBuilder& builder) const override;
  std::int64_t macs(std::span<const TensorType>) const override { return 0; }
};

}  // namespace glint::akida
