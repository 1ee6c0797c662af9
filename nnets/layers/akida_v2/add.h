#pragma once

#include "nnets/graph/fields.h"
#include "nnets/graph/layer.h"

namespace glint::akida {

/// Add of Akida 2.0: y = sat_output(rescale(sat_buffer(sat(a << a_shift) + sat(b << b_shift)),
/// output_shift)).
/// Shapes     a, b and y [X,Y,C], integers of any width; a_shift u8, b_shift u8, output_shift s8,
///            each [C]. output_shift: positive left, negative right with rounding half up.
/// ReLU       clips at 0; that commutes with what follows it. post_op_buffer_bits has no effect.
/// Errors     Value: shapes that differ; a width out of range; LUT.
/// Source     akida-runtime-api, akida.Add; rounding as quantizeml 1.2.5.
class Add : public Layer {
 public:
  ActivationType activation = ActivationType::NoActivation;
  int outputBits = 8;         ///< 1..32
  int bufferBits = 32;        ///< 2..32, signed
  int postOpBufferBits = 32;  ///< 2..32; accepted for models that give it

  std::string_view type() const override { return "Add"; }
  std::unique_ptr<Layer> clone() const override { return std::make_unique<Add>(*this); }
  std::optional<IpVersion> ipVersion() const override { return IpVersion::V2; }
  void fields(FieldVisitor& visitor) override;
  bool hasActivation() const override { return activation != ActivationType::NoActivation; }
  Arity arity() const override { return {2, 2}; }
  Result<TensorType> outputType(std::span<const TensorType> inputs) const override;
  std::vector<VariableDecl> variableTable(std::span<const TensorType> inputs) const override;
  Tensor reference(std::span<const Tensor> inputs, const TensorType& output,
                   LayerState& state) const override;
  Status lower(OpBuilder& builder) const override;
  std::int64_t macs(std::span<const TensorType>) const override { return 0; }
};

}  // namespace glint::akida
