#pragma once

#include "nnets/layers/akida_temporal/buffer_layer.h"

namespace glint::akida {

/// DepthwiseBufferTempConv of Akida 2.0: convolution of each channel by itself along time; see
/// BufferLayer. The whole sum saturates, not its products.
/// Shapes     x [X,Y,C], w [1,1,T,C] s8 with the oldest step first, y [X,Y,C]. No LUT, no pooling.
/// Errors     Value: a parameter out of range; a FIFO too large.
/// Source     akida-DepthwiseBufferTempConv.
class DepthwiseBufferTempConv : public BufferLayer {
 public:
  std::string_view type() const override { return "DepthwiseBufferTempConv"; }
  std::unique_ptr<Layer> clone() const override {
    return std::make_unique<DepthwiseBufferTempConv>(*this);
  }
  void fields(FieldVisitor& visitor) override;
  Result<TensorType> outputType(std::span<const TensorType> inputs) const override;
  std::vector<VariableDecl> variableTable(std::span<const TensorType> inputs) const override;
  Tensor reference(std::span<const Tensor> inputs, const TensorType& output,
                   LayerState& state) const override;
  Status lower(OpBuilder& builder) const override;
  std::int64_t macs(std::span<const TensorType> inputs) const override;
};

}  // namespace glint::akida
