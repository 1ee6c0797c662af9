#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/result.h"

namespace glint {

enum class Padding { Valid, Same };
enum class PoolType { NoPooling, Max, Average };
enum class ActivationType { NoActivation, ReLU, LUT };

std::string_view name(Padding v);
std::string_view name(PoolType v);
std::string_view name(ActivationType v);

/// A parameter with a value for each spatial axis; files have it as [x, y].
struct Pair {
  int x = 1;
  int y = 1;
  bool operator==(const Pair&) const = default;
  std::string toString() const;  ///< "[3, 5]"
};

/// Walks the parameters of a layer. Each layer type declares its parameters once, in
/// `Layer::fields`; reading JSON, writing JSON and the documentation all walk that declaration.
class FieldVisitor {
 public:
  virtual ~FieldVisitor() = default;
  /// A required parameter has no default: a reader reports its absence.
  enum class Need { Optional, Required };

  virtual void field(std::string_view name, int& value, Need need = Need::Optional) = 0;
  /// null, in files, where there is none.
  virtual void field(std::string_view name, std::optional<int>& value,
                     Need need = Need::Optional) = 0;
  virtual void field(std::string_view name, bool& value, Need need = Need::Optional) = 0;
  virtual void field(std::string_view name, std::vector<int>& value,
                     Need need = Need::Optional) = 0;
  virtual void field(std::string_view name, Pair& value, Need need = Need::Optional) = 0;
  virtual void field(std::string_view name, Padding& value, Need need = Need::Optional) = 0;
  virtual void field(std::string_view name, PoolType& value, Need need = Need::Optional) = 0;
  /// Also reads a bool: true is ReLU, false is NoActivation.
  virtual void field(std::string_view name, ActivationType& value, Need need = Need::Optional) = 0;
};

class Layer;

/// Reads `params` into `layer`'s fields. Errors (Value): not an object, an unknown or missing
/// parameter, a wrong type or name of an enumerator; each names the parameter and what is legal.
Status readFields(Layer& layer, const Json& params);

/// The parameters as a JSON object in declaration order; every field is written.
Json writeFields(const Layer& layer);

}  // namespace glint
