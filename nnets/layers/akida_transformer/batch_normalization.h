#pragma once

#include "nnets/layers/akida_v2/mac_layer.h"

namespace glint::akida {

/// BatchNormalization of Akida 2.0, at every position and channel:
/// y = PostOps(sat_buffer(sat_buffer(x << input_shift) * a)), with the bias b << b_shift.
/// Shapes     x and y [X,Y,C], a s8 [C], b s8 [C]; the shifts u8 [C]. No LUT, no pooling.
/// Errors     Value: a parameter out of range.
/// Source     akida-runtime-api, akida.BatchNormalization; order and rounding as quantizeml 0.17.1.
class BatchNormalization : public MacLayer {
 public:
  BatchNormalization() {
    post.activation = ActivationType::NoActivation;
    post.biasName = "b";
  }

  std::string_view type() const override { return "BatchNormalization"; }
  std::unique_ptr<Layer> clone() const override {
    return std::make_unique<BatchNormalization>(*this);
  }
  void fields(FieldVisitor& visitor) override;
  Result<TensorType> outputType(std::span<const TensorType> inputs) const override;
  std::vector<VariableDecl> variableTable(std::span<const TensorType> inputs) const override;
  Tensor reference(std::span<const Tensor> inputs, const TensorType& output,
                   LayerState& state) const override;
  Status lower(OpBuilder& builder) const override;
  std::int64_t macs(std::span<const TensorType> inputs) const override;

 protected:
  bool lutAllowed() const override { return false; }
};

}  // namespace glint::akida
