#pragma once

#include "nnets/graph/layer.h"

namespace glint::akida {

/// Dequantizer: integers to float at the exit of a model, in binary32 arithmetic on every backend:
/// y = float(x) * scales.
/// Shapes     x [X,Y,C] integers, scales f32, one or one a channel, y [X,Y,C] float.
/// Errors     Value: a float input.
/// Source     akida-runtime-api, LayerType.Dequantizer; quantizeml 1.2.5.
class Dequantizer : public Layer {
 public:
  std::string_view type() const override { return "Dequantizer"; }
  std::unique_ptr<Layer> clone() const override { return std::make_unique<Dequantizer>(*this); }
  std::optional<IpVersion> ipVersion() const override { return IpVersion::V2; }
  void fields(FieldVisitor& visitor) override;
  Result<TensorType> outputType(std::span<const TensorType> inputs) const override;
  std::vector<VariableDecl> variableTable(std::span<const TensorType> inputs) const override;
  Tensor reference(std::span<const Tensor> inputs, const TensorType& output,
                   LayerState& state) const override;
  Status lower(OpBuilder& builder) const override;
  std::int64_t macs(std::span<const TensorType>) const override { return 0; }
};

}  // namespace glint::akida
