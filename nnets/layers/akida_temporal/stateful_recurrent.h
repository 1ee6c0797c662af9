#pragma once

#include "nnets/layers/akida_v2/mac_layer.h"

namespace glint::akida {

/// StatefulRecurrent of Akida 2.0: a diagonal complex recurrence between two projections. For each
/// of the T steps of a call, with S = stateful_channels, p = post_op_buffer_bits and sat_b the
/// saturation to b signed bits:
///   u   = sat_p(rescale(sat_p(sat_buffer(sat_buffer(x << input_shift) . in_proj)
///                             * new_state_scale), new_state_shift))
///   re' = sat_p(sat_p(re * A_real - im * A_imag) + u)
///   im' = sat_p(re * A_imag + im * A_real)
///   re, im = rescale(re', internal_state_outputs_shift), the same of im', saturated to
///            internal_state_bits
/// Of every `subsample` steps of a call the last one's re goes through out_proj and PostOps. The
/// state lives on from call to call. rescale goes left when positive, right with rounding half up
/// when negative.
/// Shapes     x [1,T,C], input_shift u8 [C], in_proj s8 [C,S], new_state_scale u8 [S],
///            new_state_shift s8 [S], A_real and A_imag s16 [S], internal_state_outputs_shift
///            s8 [S], out_proj s8 [S,F], y [1,T/subsample,F]; state "real" and "imag" [S].
/// Errors     Value: a parameter out of range; an x of several rows; T no multiple of subsample.
/// Source     akida-StatefulRecurrent; order, rounding and widths as quantizeml 1.2.5 has them.
class StatefulRecurrent : public MacLayer {
 public:
  int statefulChannels = 0;    ///< S >= 1; required
  int outputChannels = 0;      ///< F >= 1; required
  int subsample = 1;           ///< >= 1
  int internalStateBits = 16;  ///< 2..32, signed

  StatefulRecurrent() { post.bufferBits = 28; }

  std::string_view type() const override { return "StatefulRecurrent"; }
  std::unique_ptr<Layer> clone() const override {
    return std::make_unique<StatefulRecurrent>(*this);
  }
  void fields(FieldVisitor& visitor) override;
  Result<TensorType> outputType(std::span<const TensorType> inputs) const override;
  std::vector<VariableDecl> variableTable(std::span<const TensorType> inputs) const override;
  std::vector<StateDecl> stateTable(std::span<const TensorType> inputs) const override;
  Tensor reference(std::span<const Tensor> inputs, const TensorType& output,
                   LayerState& state) const override;
  Status lower(OpBuilder& builder) const override;
  std::int64_t macs(std::span<const TensorType> inputs) const override;

 protected:
  bool lutAllowed() const override { return false; }

 private:
  /// What comes into the state at every step: u of the class comment.
  IntMap newState(const Tensor& input) const;
};

}  // namespace glint::akida
