#include "nnets/layers/akida_transformer/extract_token.h"

#include <string>

namespace glint::akida {

void ExtractToken::fields(FieldVisitor& visitor) {
  visitor.field("begin", begin);
  visitor.field("end", end);
}

int ExtractToken::axisOf(const Shape& input) {
  if (input[0] != 1) return 0;
  return input[1] != 1 ? 1 : 2;
}

Result<TensorType> ExtractToken::outputType(std::span<const TensorType> inputs) const {
  TensorType output = inputs[0];
  if (output.isFloat) {
    return Error{Errc::Value, "the input is " + output.toString() + ", legal: integers"};
  }
  std::int64_t& extent = output.shape[axisOf(output.shape)];
  if (begin < 0 || begin >= extent) {
    return Error{Errc::Value, "begin is " + std::to_string(begin) +
                                  ", legal: 0 to less than the extent, which is " +
                                  std::to_string(extent)};
  }
  if (end && (*end <= begin || *end > extent)) {
    return Error{Errc::Value, "end is " + std::to_string(*end) +
                                  ", legal: more than begin, to the extent, which is " +
                                  std::to_string(extent)};
  }
  extent = (end ? *end : extent) - begin;
  return output;
}

std::vector<VariableDecl> ExtractToken::variableTable(std::span<const TensorType>) const {
  return {};
}

}  // namespace glint::akida
