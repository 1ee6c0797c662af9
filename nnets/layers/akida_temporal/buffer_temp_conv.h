#pragma once

#include "nnets/layers/akida_temporal/buffer_layer.h"

namespace glint::akida {

/// BufferTempConv of Akida 2.0: convolution along time that mixes channels; see BufferLayer.
/// Shapes     x [X,Y,C], w [1,1,T*C,F] s8 with the oldest step first, y [X,Y,F]. No LUT, no
///            pooling.
/// Errors     Value: a parameter out of range; a FIFO too large.
/// Source     akida-DepthwiseBufferTempConv and the V2 layers of akida-runtime-api.
class BufferTempConv : public BufferLayer {
 public:
  int filters = 0;  ///< >= 1; required

  std::string_view type() const override { return "BufferTempConv"; }
  std::unique_ptr<Layer> clone() const override { return std::make_unique<BufferTempConv>(*this); }
  void fields(FieldVisitor& visitor) override;
  Result<TensorType> outputType(std::span<const TensorType> inputs) const override;
  std::vector<VariableDecl> variableTable(std::span<const TensorType> inputs) const override;
  Tensor reference(std::span<const Tensor> inputs, const TensorType& output,
                   LayerState& state) const override;
  Status lower(OpBuilder& builder) const override;
  std::int64_t macs(std::span<const TensorType> inputs) const override;
};

}  // namespace glint::akida
