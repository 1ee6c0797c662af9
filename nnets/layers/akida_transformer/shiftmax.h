#pragma once

#include "nnets/graph/layer.h"
#include "nnets/layers/akida/int_map.h"

namespace glint::akida {

/// Shiftmax of Akida 2.0: a softmax to base 2 that needs no division. At every position, over the
/// channels, with E = output_bits - 1:
///   x' = x >> input_shift, rounded down; y = x' - max(x') + E
///   e = 2^(y + E), or 0 where y is below -E; S = sat_buffer(sum of e)
///   out = e >> (L - E), rounded down, where 2^L is the power of two nearest to S by its logarithm:
///   with 2^k <= S < 2^(k+1), L = k + 1 if S * S > 2^(2k+1), else k
/// Shapes     x and y [X,Y,C], x integers of any width, y int32 in 0 .. 2^E; input_shift u8 [C].
/// Errors     Value: buffer_bits out of 2..32; output_bits above half of it: 2^(2E) has to fit.
/// Source     akida-runtime-api, akida.Shiftmax; rounding as quantizeml 0.17.1 with an exact
///            logarithm.
class Shiftmax : public Layer {
 public:
  int outputBits = 8;   ///< 1 .. buffer_bits / 2
  int bufferBits = 32;  ///< 2..32, signed

  /// The definition, for all positions of `map`: input_shift is `shift`, one a channel; E is
  /// `fraction`.
  static void apply(IntMap& map, const std::vector<std::int64_t>& shift, int fraction,
                    int bufferBits);

  std::string_view type() const override { return "Shiftmax"; }
  std::unique_ptr<Layer> clone() const override { return std::make_unique<Shiftmax>(*this); }
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
