#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace glint {

/// What kind of mistake an Error reports. `errorClass()` maps it to the three classes of the Akida
/// interface: TypeError, ValueError and RuntimeError.
enum class Errc {
  Type,         ///< a tensor or argument of the wrong type
  Value,        ///< a shape, value or parameter outside what is legal
  Runtime,      ///< a call that is not possible in the present state
  File,         ///< a file cannot be opened, read or written
  Format,       ///< a file is damaged, truncated or of another format
  Unsupported,  ///< legal input that this build or device cannot handle; the message says why
  Driver,       ///< the GL or EGL driver is missing, refused a request or computes wrongly
};

/// An error as a value: a code, and a message that names file, layer, tensor and values.
struct Error {
  Errc code = Errc::Runtime;
  std::string message;
};

/// The name of the Akida exception class that `code` belongs to.
constexpr const char* errorClass(Errc code) {
  switch (code) {
    case Errc::Type:
      return "TypeError";
    case Errc::Value:
      return "ValueError";
    default:
      return "RuntimeError";
  }
}

/// Either a value or an Error. Never both, never neither.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return get(); }
  const T& value() const& { return const_cast<Result*>(this)->get(); }
  T&& value() && { return std::move(get()); }
  T& operator*() & { return get(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(get()); }
  T* operator->() { return &get(); }
  const T* operator->() const { return &value(); }

  const Error& error() const {
    assert(!ok());
    return *std::get_if<1>(&state_);
  }

 private:
  T& get() {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  std::variant<T, Error> state_;
};

/// Success, or an Error.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}
  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    assert(!ok());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

/// `error` with "where: " in front of its message.
inline Error within(const std::string& where, Error error) {
  error.message = where + ": " + error.message;
  return error;
}

}  // namespace glint

/// Returns the error of a Status or Result from the calling function; otherwise goes on.
#define GLINT_TRY(expression)                                                              \
  do {                                                                                     \
    if (auto glintStatus_ = (expression); !glintStatus_.ok()) return glintStatus_.error(); \
  } while (false)

#define GLINT_CONCAT_(a, b) a##b
#define GLINT_CONCAT(a, b) GLINT_CONCAT_(a, b)

/// `GLINT_ASSIGN(auto x, f())`: x = the value of f(), or returns its error.
#define GLINT_ASSIGN(target, expression) \
  GLINT_ASSIGN_(GLINT_CONCAT(glintResult_, __LINE__), target, expression)
#define GLINT_ASSIGN_(result, target, expression) \
  auto result = (expression);                     \
  if (!result.ok()) return result.error();        \
  target = std::move(result).value()
