#include "nnets/graph/layer.h"

#include <algorithm>
#include <cmath>

namespace glint {
namespace {

Error variableError(const Layer& layer, Errc code, const std::string& variableName,
                    const std::string& what) {
  return within(describe(layer), Error{code, "variable '" + variableName + "' " + what});
}

template <typename T>
std::int64_t firstNotFinite(std::span<const T> values) {
  const auto bad =
      std::find_if(values.begin(), values.end(), [](T v) { return !std::isfinite(v); });
  return bad == values.end() ? -1 : bad - values.begin();
}

Status checkElements(const Layer& layer, const VariableDecl& decl, const Tensor& tensor) {
  if (!isInteger(tensor.type())) {
    const std::int64_t bad = tensor.type() == DType::F32 ? firstNotFinite(tensor.as<float>())
                                                         : firstNotFinite(tensor.as<double>());
    if (bad < 0) return {};
    return variableError(layer, Errc::Value, decl.name,
                         "element " + std::to_string(bad) + " is not a finite number");
  }
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    const std::int64_t value = tensor.integer(i);
    if (decl.range.contains(value)) continue;
    return variableError(layer, Errc::Value, decl.name,
                         "element " + std::to_string(i) + " is " + std::to_string(value) +
                             ", legal: " + std::to_string(decl.range.lo) + " to " +
                             std::to_string(decl.range.hi));
  }
  return {};
}

Status checkVariable(const Layer& layer, const VariableDecl& decl, const Tensor& tensor) {
  if (tensor.type() != decl.dtype) {
    return variableError(
        layer, Errc::Type, decl.name,
        "is " + std::string(name(tensor.type())) + ", legal: " + std::string(name(decl.dtype)));
  }
  const bool scalar = decl.scalarBroadcasts && tensor.shape() == Shape{1};
  if (tensor.shape() != decl.shape && !scalar) {
    return variableError(layer, Errc::Value, decl.name,
                         "has shape " + tensor.shape().toString() + ", legal: " +
                             decl.shape.toString() + (decl.scalarBroadcasts ? " or [1]" : ""));
  }
  return checkElements(layer, decl, tensor);
}

}  // namespace

std::string describe(const Layer& layer) {
  return "layer '" + layer.name + "' (" + std::string(layer.type()) + ")";
}

Result<TensorType> Layer::feedType() const {
  return Error{Errc::Value, "cannot stand first: it needs an inbound layer"};
}

Status Layer::setFeedExtent(std::int64_t, std::int64_t) {
  return Error{Errc::Value, "has no input from outside"};
}

std::int64_t Layer::variable(std::string_view variableName, std::int64_t i,
                             std::int64_t neutral) const {
  const auto found = variables.find(variableName);
  if (found == variables.end()) return neutral;
  return found->second.integer(found->second.size() == 1 ? 0 : i);
}

bool Layer::hasVariable(std::string_view variableName) const {
  return variables.find(variableName) != variables.end();
}

Status checkVariables(const Layer& layer, std::span<const TensorType> inputs) {
  const std::vector<VariableDecl> table = layer.variableTable(inputs);
  for (const auto& [variableName, tensor] : layer.variables) {
    const auto decl = std::find_if(table.begin(), table.end(),
                                   [&](const VariableDecl& d) { return d.name == variableName; });
    if (decl == table.end()) {
      std::string legal;
      for (const VariableDecl& d : table) legal += (legal.empty() ? "" : ", ") + d.name;
      return variableError(layer, Errc::Value, variableName,
                           "is unknown, legal: " + (legal.empty() ? "none" : legal));
    }
    GLINT_TRY(checkVariable(layer, *decl, tensor));
  }
  for (const VariableDecl& decl : table) {
    if (!decl.required || layer.hasVariable(decl.name)) continue;
    return variableError(
        layer, Errc::Value, decl.name,
        "is missing, legal: " + std::string(name(decl.dtype)) + " " + decl.shape.toString());
  }
  return {};
}

}  // namespace glint
