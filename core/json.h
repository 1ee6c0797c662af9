#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/result.h"

namespace glint {

/// A JSON value. Objects keep their members in the order of insertion, so that what is written is
/// deterministic. Nothing here throws: a reader asks for the type it wants and gets null otherwise.
class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;

  Json() = default;
  Json(bool v) : value_(v) {}
  Json(int v) : value_(std::int64_t{v}) {}
  Json(std::int64_t v) : value_(v) {}
  Json(std::size_t v) : value_(static_cast<std::int64_t>(v)) {}
  Json(double v) : value_(v) {}
  Json(const char* v) : value_(std::string(v)) {}
  Json(std::string_view v) : value_(std::string(v)) {}
  Json(std::string v) : value_(std::move(v)) {}
  Json(Array v) : value_(std::move(v)) {}
  Json(Object v) : value_(std::move(v)) {}

  static Json array() { return Json(Array{}); }
  static Json object() { return Json(Object{}); }

  bool isNull() const { return std::holds_alternative<std::monostate>(value_); }
  const bool* asBool() const { return std::get_if<bool>(&value_); }
  const std::int64_t* asInt() const { return std::get_if<std::int64_t>(&value_); }
  const std::string* asString() const { return std::get_if<std::string>(&value_); }
  const Array* asArray() const { return std::get_if<Array>(&value_); }
  const Object* asObject() const { return std::get_if<Object>(&value_); }
  /// An integer or floating-point number as double; false if it is neither.
  bool asNumber(double& out) const;

  /// The member `key` of an object, or null.
  const Json* find(std::string_view key) const;
  /// Sets member `key`, turning a null value into an object first.
  Json& set(std::string key, Json value);
  /// Appends to an array, turning a null value into an array first.
  Json& push(Json value);

  /// "an integer", "a string", ...: for error messages.
  std::string_view kindName() const;

  /// Compact text; with `indent` >= 0 one member a line.
  std::string dump(int indent = -1) const;

  bool operator==(const Json&) const = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

/// Parses a JSON text. Errors: Format, with the byte offset; duplicate keys, nesting deeper than
/// 64 and integers outside 64 bits are refused.
Result<Json> parseJson(std::string_view text);

}  // namespace glint
