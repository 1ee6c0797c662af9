#pragma once

#include "nnets/graph/layer.h"

namespace glint::akida {

/// Quantizer: float to integers at the entry of a model, in binary32 arithmetic on every backend:
/// q = roundHalfEven(x * scales), plus zero_points where the output is unsigned, clipped.
/// Shapes     x [X,Y,C] float, scales f32 and zero_points u8, one or one a channel, q [X,Y,C].
/// Parameters input_shape; output_bits 1..32 (1..31 unsigned), default 8; output_signed, default
///            true; channels_first false: maps are [x, y, c] here, a converter transposes.
/// Errors     Value: a parameter out of range; channels_first.
/// Source     quantizeml 1.2.5 (InputQuantizer) and its published conversion.
class Quantizer : public Layer {
 public:
  std::vector<int> inputShape;  ///< [x, y, c]; required
  int outputBits = 8;
  bool outputSigned = true;
  bool channelsFirst = false;

  std::string_view type() const override { return "Quantizer"; }
  std::unique_ptr<Layer> clone() const override { return std::make_unique<Quantizer>(*this); }
  std::optional<IpVersion> ipVersion() const override { return IpVersion::V2; }
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
