#pragma once

#include <optional>

#include "nnets/graph/learning_params.h"
#include "nnets/layers/akida_v1/potential_layer.h"

namespace glint::akida {

/// FullyConnected of Akida 1.0: product of the whole map with a matrix, then the steps of
/// PotentialLayer.
/// Shapes     x [X,Y,C] of 1, 2 or 4 bits, read column by column as number x + X*(y + Y*c),
///            w [1,1,X*Y*C,units] s8, y [1,1,units] u8, or s32 without activation. No pooling.
/// Learning   once compiled (setLearning), with 1-bit weights and inputs: every column of w has
///            num_weights ones, and there are two variables more, threshold_learning and
///            learning_steps s32, one a unit, absent: 0 (nnets/learning).
/// Errors     Value: a parameter out of range; an input of another width; a potential that can
/// leave
///            int32; learning parameters that do not fit, a column with more or fewer ones.
/// Source     akida-runtime-api, akida.FullyConnected; the order of inputs as cnn2snn 2.19.3 has
/// it.
class FullyConnected : public PotentialLayer {
 public:
  int units = 0;  ///< >= 1; required

  std::string_view type() const override { return "FullyConnected"; }
  std::unique_ptr<Layer> clone() const override { return std::make_unique<FullyConnected>(*this); }
  void fields(FieldVisitor& visitor) override;
  bool fullyConvolutional() const override { return false; }
  Result<TensorType> outputType(std::span<const TensorType> inputs) const override;
  std::vector<VariableDecl> variableTable(std::span<const TensorType> inputs) const override;
  Status checkTogether(std::span<const TensorType> inputs) const override;
  const LearningParams* learning() const override { return learning_ ? &*learning_ : nullptr; }
  Status setLearning(const LearningParams& params) override;
  Tensor reference(std::span<const Tensor> inputs, const TensorType& output,
                   LayerState& state) const override;
  Status lower(OpBuilder& builder) const override;
  std::int64_t macs(std::span<const TensorType> inputs) const override;

 protected:
  std::vector<std::int64_t> weightSums(const TensorType& input) const override;

 private:
  std::optional<LearningParams> learning_;
};

}  // namespace glint::akida
