#include "nnets/layers/akida_v2/concatenate.h"

#include "nnets/layers/akida/window.h"

namespace glint::akida {

void Concatenate::fields(FieldVisitor&) {}

Result<TensorType> Concatenate::outputType(std::span<const TensorType> inputs) const {
  TensorType output = inputs[0];
  for (const TensorType& input : inputs.subspan(1)) {
    const bool sameNumbers = input.bits == output.bits && input.isSigned == output.isSigned;
    if (input.isFloat || output.isFloat || !sameNumbers || input.x() != output.x() ||
        input.y() != output.y()) {
      return Error{Errc::Value, "the inputs are " + inputs[0].toString() + " and " +
                                    input.toString() +
                                    ", legal: integers of one width, sign and extent"};
    }
    output.shape[2] += input.channels();
  }
  GLINT_TRY(checkShape("the output", output.shape));
  return output;
}

std::vector<VariableDecl> Concatenate::variableTable(std::span<const TensorType>) const {
  return {};
}

}  // namespace glint::akida
