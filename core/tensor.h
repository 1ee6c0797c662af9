#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/shape.h"

namespace glint {

/// Element types that files and the public interface know.
enum class DType : std::uint8_t { U8, I8, U16, I16, U32, I32, I64, F32, F64 };

std::size_t byteSize(DType type);
std::string_view name(DType type);  ///< "uint8", "float32", ...

template <typename T>
struct DTypeOf;
template <>
struct DTypeOf<std::uint8_t> {
  static constexpr DType value = DType::U8;
};
template <>
struct DTypeOf<std::int8_t> {
  static constexpr DType value = DType::I8;
};
template <>
struct DTypeOf<std::uint16_t> {
  static constexpr DType value = DType::U16;
};
template <>
struct DTypeOf<std::int16_t> {
  static constexpr DType value = DType::I16;
};
template <>
struct DTypeOf<std::uint32_t> {
  static constexpr DType value = DType::U32;
};
template <>
struct DTypeOf<std::int32_t> {
  static constexpr DType value = DType::I32;
};
template <>
struct DTypeOf<std::int64_t> {
  static constexpr DType value = DType::I64;
};
template <>
struct DTypeOf<float> {
  static constexpr DType value = DType::F32;
};
template <>
struct DTypeOf<double> {
  static constexpr DType value = DType::F64;
};

/// A dense row-major tensor that owns its bytes.
class Tensor {
 public:
  Tensor() = default;
  Tensor(DType type, Shape shape)
      : type_(type),
        shape_(shape),
        bytes_(static_cast<std::size_t>(shape.size()) * byteSize(type)) {}

  /// A tensor of `values`, whose number must be `shape.size()`.
  template <typename T>
  static Tensor of(Shape shape, std::span<const T> values) {
    Tensor tensor(DTypeOf<T>::value, shape);
    assert(values.size() == static_cast<std::size_t>(shape.size()));
    if (!values.empty()) std::memcpy(tensor.bytes_.data(), values.data(), tensor.bytes_.size());
    return tensor;
  }
  template <typename T>
  static Tensor of(Shape shape, const std::vector<T>& values) {
    return of(shape, std::span<const T>(values));
  }

  DType type() const { return type_; }
  const Shape& shape() const { return shape_; }
  std::int64_t size() const { return shape_.size(); }
  std::span<const std::byte> bytes() const { return bytes_; }
  std::span<std::byte> bytes() { return bytes_; }

  /// The elements; T must be the tensor's own type.
  template <typename T>
  std::span<const T> as() const {
    assert(DTypeOf<T>::value == type_);
    return {reinterpret_cast<const T*>(bytes_.data()), bytes_.size() / sizeof(T)};
  }
  template <typename T>
  std::span<T> as() {
    assert(DTypeOf<T>::value == type_);
    return {reinterpret_cast<T*>(bytes_.data()), bytes_.size() / sizeof(T)};
  }

  /// Element `i` of an integer tensor. Not for float tensors.
  std::int64_t integer(std::int64_t i) const;

  /// The same elements under another shape of equal size.
  Tensor reshaped(Shape shape) const&;
  Tensor reshaped(Shape shape) &&;

  bool operator==(const Tensor&) const = default;

 private:
  DType type_ = DType::U8;
  Shape shape_{0};
  std::vector<std::byte> bytes_;
};

bool isInteger(DType type);

/// Sets element `i` to a number that the tensor's type holds exactly.
void setElement(Tensor& tensor, std::int64_t i, std::int64_t value);

/// Converts integers to `type`; a value that does not fit is an error naming it and its index.
Result<Tensor> convertIntegers(const Tensor& tensor, DType type);

}  // namespace glint
