#pragma once

#include "nnets/graph/layer.h"

namespace glint::akida {

/// Attention of Akida 2.0, of T tokens with C channels. Head h of num_heads has the d = C /
/// num_heads channels from h * d; q, k and v are the inputs. In every head:
///   score[i, j] = sat_buffer(sum over its channels of q[i, c] * k[j, c])
///   mask[i, :]  = Shiftmax(score[i, :]) with shiftmax_input_shift and shiftmax_output_bits
///   y[i, c]     = sat_buffer(sum over j of mask[i, j] * sat_buffer(v[j, c] << value_shift))
/// and y = sat_output(rescale(y, output_shift)): left where positive, right with rounding half up
/// where negative.
/// Shapes     q, k and v of at most 16 bits and y [1,T,C]; value_shift u8 [C],
///            shiftmax_input_shift u8 [1], output_shift s8 [C].
/// Errors     Value: shapes that differ or of several rows; wider inputs; num_heads that does not
///            divide C; a width out of range, as in Shiftmax.
/// Source     akida-runtime-api, akida.Attention; order and rounding as quantizeml 0.17.1.
class Attention : public Layer {
 public:
  int numHeads = 1;             ///< divides C; required
  int outputBits = 8;           ///< 1..32
  int bufferBits = 32;          ///< 2..32, signed
  int shiftmaxOutputBits = 10;  ///< 1 .. buffer_bits / 2

  std::string_view type() const override { return "Attention"; }
  std::unique_ptr<Layer> clone() const override { return std::make_unique<Attention>(*this); }
  std::optional<IpVersion> ipVersion() const override { return IpVersion::V2; }
  void fields(FieldVisitor& visitor) override;
  Arity arity() const override { return {3, 3}; }
  bool fullyConvolutional() const override { return false; }
  Result<TensorType> outputType(std::span<const TensorType> inputs) const override;
  std::vector<VariableDecl> variableTable(std::span<const TensorType> inputs) const override;
  Tensor reference(std::span<const Tensor> inputs, const TensorType& output,
                   LayerState& state) const override;
  Status lower(OpBuilder& builder) const override;
  std::int64_t macs(std::span<const TensorType> inputs) const override;
};

}  // namespace glint::akida
