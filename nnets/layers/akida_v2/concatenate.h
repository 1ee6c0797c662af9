#pragma once

#include <limits>

#include "nnets/graph/layer.h"

namespace glint::akida {

/// Concatenate: joins two or more maps along the channels, without arithmetic.
/// Shapes     inputs [X,Y,Ci], y [X,Y,sum of Ci]; one integer type for all.
/// Errors     Value: extents, widths or signs that differ.
/// Source     akida-runtime-api, akida.Concatenate.
class Concatenate : public Layer {
 public:
  std::string_view type() const override { return "Concatenate"; }
  std::unique_ptr<Layer> clone() const override { return std::make_unique<Concatenate>(*this); }
  std::optional<IpVersion> ipVersion() const override { return IpVersion::V2; }
  void fields(FieldVisitor& visitor) override;
  Arity arity() const override { return {2, std::numeric_limits<int>::max()}; }
  Result<TensorType> outputType(std::span<const TensorType> inputs) const override;
  std::vector<VariableDecl> variableTable(std::span<const TensorType> inputs) const override;
  Tensor reference(std::span<const Tensor> inputs, const TensorType& output,
                   LayerState& state) const override;
  Status lower(OpBuilder& builder) const override;
  std::int64_t macs(std::span<const TensorType>) const override { return 0; }
};

}  // namespace glint::akida
