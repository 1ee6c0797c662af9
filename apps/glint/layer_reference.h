#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/result.h"

/// What there is to know of each type of layer, asked of the layers themselves: their declared
/// parameters and variables, what they refuse, what the scheduler does with them. Nothing is
/// written twice, so nothing gets stale but the text in docs/layers.md, which a test compares.
namespace glint::cli {

/// A constructor argument.
struct ParameterInfo {
  std::string name;
  std::string defaultValue;        ///< JSON; empty: required
  std::vector<std::string> legal;  ///< as error messages say it
};

/// A variable, in the symbols X, Y, C of the input and the names of parameters.
struct VariableInfo {
  std::string name;
  std::string dtype;
  std::string shape;   ///< "[kernel_size, kernel_size, C, filters]"
  std::string absent;  ///< what its absence means
  std::string legal;
  std::string only;  ///< "activation ReLU" when other activations lack it; else empty
};

struct LayerInfo {
  std::string type;
  std::string version;  ///< "Akida 1.0", or "both"
  std::string inputs;   ///< "from outside", "1", "2 or more"
  std::string es3;      ///< "exact", "host edge", or why the layer runs in software
  std::string es2;
  std::vector<ParameterInfo> parameters;
  std::vector<VariableInfo> variables;
};

/// Every type of layers.def, in its order. Errors: a layer that no example fits, a bug.
Result<std::vector<LayerInfo>> layerReference();

/// The text of docs/layers.md.
std::string layerMarkdown(const std::vector<LayerInfo>& layers);

Json layerReferenceJson(const std::vector<LayerInfo>& layers);

}  // namespace glint::cli
