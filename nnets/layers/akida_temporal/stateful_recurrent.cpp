#include "nnets/layers/akida_temporal/stateful_recurrent.h"

#include <string>
#include <utility>

#include "nnets/layers/akida/declare.h"
#include "nnets/layers/akida/window.h"

namespace glint::akida {
namespace {

VariableDecl required(std::string name, DType dtype, Shape shape) {
  VariableDecl decl;
  decl.name = std::move(name);
  decl.dtype = dtype;
  decl.shape = shape;
  decl.range = integerRange(dtype == DType::I16 ? 16 : 8, true);
  decl.required = true;
  return decl;
}

}  // namespace

void StatefulRecurrent::fields(FieldVisitor& visitor) {
  visitor.field("stateful_channels", statefulChannels, FieldVisitor::Need::Required);
  visitor.field("output_channels", outputChannels, FieldVisitor::Need::Required);
  visitor.field("subsample", subsample);
  post.fields(visitor);
  visitor.field("internal_state_bits", internalStateBits);
}

Result<TensorType> StatefulRecurrent::outputType(std::span<const TensorType> inputs) const {
  const TensorType& in = inputs[0];
  GLINT_TRY(checkRange("stateful_channels", statefulChannels, 1, kMaxExtent));
  GLINT_TRY(checkRange("output_channels", outputChannels, 1, kMaxExtent));
  GLINT_TRY(checkRange("subsample", subsample, 1, kMaxExtent));
  GLINT_TRY(checkRange("internal_state_bits", internalStateBits, 2, 32));
  if (in.x() != 1) {
    return Error{Errc::Value,
                 "the input has shape " + in.shape.toString() + ", legal: [1, steps, channels]"};
  }
  if (in.y() % subsample != 0) {
    return Error{Errc::Value, "the input has " + std::to_string(in.y()) +
                                  " steps, legal: a multiple of subsample, which is " +
                                  std::to_string(subsample)};
  }
  return finishType(in, Shape{1, in.y() / subsample, outputChannels}, in.channels(), Padding::Same);
}

std::vector<VariableDecl> StatefulRecurrent::variableTable(
    std::span<const TensorType> inputs) const {
  const std::int64_t channels = inputs[0].channels();
  const Shape states{statefulChannels};
  std::vector<VariableDecl> table;
  table.push_back(declareBytes("input_shift", DType::U8, Shape{channels}));
  table.push_back(required("in_proj", DType::I8, Shape{channels, statefulChannels}));
  table.push_back(declareBytes("new_state_scale", DType::U8, states, 1));
  table.push_back(declareBytes("new_state_shift", DType::I8, states));
  table.push_back(required("A_real", DType::I16, states));
  table.push_back(required("A_imag", DType::I16, states));
  table.push_back(declareBytes("internal_state_outputs_shift", DType::I8, states));
  table.push_back(required("out_proj", DType::I8, Shape{statefulChannels, outputChannels}));
  post.declare(table, outputChannels);
  return table;
}

std::vector<StateDecl> StatefulRecurrent::stateTable(std::span<const TensorType>) const {
  const TensorType type{Shape{statefulChannels}, internalStateBits, true, false};
  return {{"imag", type}, {"real", type}};
}

std::int64_t StatefulRecurrent::macs(std::span<const TensorType> inputs) const {
  const std::int64_t steps = inputs[0].y();
  const std::int64_t perStep = inputs[0].channels() * statefulChannels + 4 * statefulChannels;
  return steps * perStep + steps / subsample * statefulChannels * outputChannels;
}

}  // namespace glint::akida
