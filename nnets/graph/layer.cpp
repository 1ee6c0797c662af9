#include "nnets/graph/layer.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

namespace glint {
namespace {

Error variableError(const Layer& layer, Errc code, const std::string& variableName,
                    const std::string& what) {
  return within(describe(layer), Error{code, "variable '" + variableName + "' " + what});
}

/// A float variable: only finite numbers, above 0 where the table says so.
template <typename T>
Status checkReals(const Layer& layer, const VariableDecl& decl, std::span<const T> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool finite = std::isfinite(values[i]);
    if (finite && (!decl.positive || values[i] > 0)) continue;
    char number[32];
    std::snprintf(number, sizeof number, "%.9g", static_cast<double>(values[i]));
    return variableError(layer, Errc::Value, decl.name,
                         "element " + std::to_string(i) +
                             (finite ? " is " + std::string(number) + ", legal: above 0"
                                     : " is not a finite number"));
  }
  return {};
}

Status checkElements(const Layer& layer, const VariableDecl& decl, const Tensor& tensor) {
  if (!isInteger(tensor.type())) {
    return tensor.type() == DType::F32 ? checkReals(layer, decl, tensor.as<float>())
                                       : checkReals(layer, decl, tensor.as<double>());
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

const VariableDecl* findDecl(const std::vector<VariableDecl>& table, std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [name](const VariableDecl& decl) { return decl.name == name; });
  return found == table.end() ? nullptr : &*found;
}

Error unknownVariable(const Layer& layer, const std::vector<VariableDecl>& table,
                      const std::string& variableName) {
  std::string legal;
  for (const VariableDecl& decl : table) legal += (legal.empty() ? "" : ", ") + decl.name;
  return variableError(layer, Errc::Value, variableName,
                       "is unknown, legal: " + (legal.empty() ? "none" : legal));
}

Status checkTogetherIn(const Layer& layer, std::span<const TensorType> inputs) {
  const Status status = layer.checkTogether(inputs);
  return status.ok() ? status : within(describe(layer), status.error());
}

}  // namespace

std::string describe(const Layer& layer) {
  return "layer '" + layer.name + "' (" + std::string(layer.type()) + ")";
}

std::string_view name(IpVersion v) { return v == IpVersion::V1 ? "Akida 1.0" : "Akida 2.0"; }

Result<TensorType> Layer::feedType() const {
  return Error{Errc::Value, "cannot stand first: it needs an inbound layer"};
}

Status Layer::setFeedExtent(std::int64_t, std::int64_t) {
  return Error{Errc::Value, "has no input from outside"};
}

std::vector<StateDecl> Layer::stateTable(std::span<const TensorType>) const { return {}; }

Status Layer::setLearning(const LearningParams&) {
  return Error{Errc::Value, "cannot learn, legal: a FullyConnected"};
}

Status Layer::checkTogether(std::span<const TensorType>) const { return {}; }

Tensor Layer::predicted(const Tensor& output) const {
  if (!isInteger(output.type())) return output;
  Tensor result(DType::F32, output.shape());
  std::span<float> out = result.as<float>();
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<float>(output.integer(static_cast<std::int64_t>(i)));
  }
  return result;
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

std::vector<std::int64_t> Layer::values(std::string_view variableName, std::int64_t count,
                                        std::int64_t neutral) const {
  std::vector<std::int64_t> out(static_cast<std::size_t>(count), neutral);
  const auto found = variables.find(variableName);
  if (found == variables.end()) return out;
  const Tensor& tensor = found->second;
  for (std::int64_t i = 0; i < count; ++i) {
    out[static_cast<std::size_t>(i)] = tensor.integer(tensor.size() == 1 ? 0 : i);
  }
  return out;
}

Status checkVariables(const Layer& layer, std::span<const TensorType> inputs) {
  const std::vector<VariableDecl> table = layer.variableTable(inputs);
  for (const auto& [variableName, tensor] : layer.variables) {
    const VariableDecl* decl = findDecl(table, variableName);
    if (decl == nullptr) return unknownVariable(layer, table, variableName);
    GLINT_TRY(checkVariable(layer, *decl, tensor));
  }
  for (const VariableDecl& decl : table) {
    if (!decl.required || layer.hasVariable(decl.name)) continue;
    return variableError(
        layer, Errc::Value, decl.name,
        "is missing, legal: " + std::string(name(decl.dtype)) + " " + decl.shape.toString());
  }
  return checkTogetherIn(layer, inputs);
}

Status setVariable(Layer& layer, std::span<const TensorType> inputs, std::string_view variableName,
                   Tensor values) {
  const std::vector<VariableDecl> table = layer.variableTable(inputs);
  const VariableDecl* decl = findDecl(table, variableName);
  if (decl == nullptr) return unknownVariable(layer, table, std::string(variableName));
  GLINT_TRY(checkVariable(layer, *decl, values));
  auto before = layer.variables.extract(decl->name);
  layer.variables.emplace(decl->name, std::move(values));
  Status status = checkTogetherIn(layer, inputs);
  if (!status.ok()) {
    layer.variables.erase(decl->name);
    layer.variables.insert(std::move(before));  // nothing where there was none
  }
  return status;
}

Tensor variableOrNeutral(const Layer& layer, const VariableDecl& decl) {
  const auto found = layer.variables.find(decl.name);
  if (found != layer.variables.end()) return found->second;
  Tensor neutral(decl.dtype, decl.shape);
  if (decl.neutral == 0) return neutral;
  for (std::int64_t i = 0; i < neutral.size(); ++i) setElement(neutral, i, decl.neutral);
  return neutral;
}

}  // namespace glint
