#include "core/tensor.h"

#include <limits>
#include <utility>

namespace glint {
namespace {

template <typename T>
std::int64_t elementAs(std::span<const std::byte> bytes, std::int64_t i) {
  T value;
  std::memcpy(&value, bytes.data() + static_cast<std::size_t>(i) * sizeof(T), sizeof(T));
  return static_cast<std::int64_t>(value);
}

template <typename T>
void setAs(Tensor& tensor, std::int64_t i, std::int64_t value) {
  tensor.as<T>()[static_cast<std::size_t>(i)] = static_cast<T>(value);
}

template <typename T>
Result<Tensor> narrowTo(const Tensor& source) {
  Tensor target(DTypeOf<T>::value, source.shape());
  std::span<T> out = target.as<T>();
  for (std::int64_t i = 0; i < source.size(); ++i) {
    const std::int64_t value = source.integer(i);
    if (!std::in_range<T>(value)) {
      return Error{Errc::Value, "value " + std::to_string(value) + " at element " +
                                    std::to_string(i) + " does not fit " +
                                    std::string(name(target.type()))};
    }
    out[static_cast<std::size_t>(i)] = static_cast<T>(value);
  }
  return target;
}

}  // namespace

std::size_t byteSize(DType type) {
  switch (type) {
    case DType::U8:
    case DType::I8:
      return 1;
    case DType::U16:
    case DType::I16:
      return 2;
    case DType::U32:
    case DType::I32:
    case DType::F32:
      return 4;
    case DType::I64:
    case DType::F64:
      return 8;
  }
  return 0;
}

std::string_view name(DType type) {
  switch (type) {
    case DType::U8:
      return "uint8";
    case DType::I8:
      return "int8";
    case DType::U16:
      return "uint16";
    case DType::I16:
      return "int16";
    case DType::U32:
      return "uint32";
    case DType::I32:
      return "int32";
    case DType::I64:
      return "int64";
    case DType::F32:
      return "float32";
    case DType::F64:
      return "float64";
  }
  return "unknown";
}

bool isInteger(DType type) { return type != DType::F32 && type != DType::F64; }

std::int64_t Tensor::integer(std::int64_t i) const {
  switch (type_) {
    case DType::U8:
      return elementAs<std::uint8_t>(bytes_, i);
    case DType::I8:
      return elementAs<std::int8_t>(bytes_, i);
    case DType::U16:
      return elementAs<std::uint16_t>(bytes_, i);
    case DType::I16:
      return elementAs<std::int16_t>(bytes_, i);
    case DType::U32:
      return elementAs<std::uint32_t>(bytes_, i);
    case DType::I32:
      return elementAs<std::int32_t>(bytes_, i);
    case DType::I64:
      return elementAs<std::int64_t>(bytes_, i);
    case DType::F32:
    case DType::F64:
      break;
  }
  assert(false && "integer() on a float tensor");
  return 0;
}

void setElement(Tensor& tensor, std::int64_t i, std::int64_t value) {
  switch (tensor.type()) {
    case DType::U8:
      return setAs<std::uint8_t>(tensor, i, value);
    case DType::I8:
      return setAs<std::int8_t>(tensor, i, value);
    case DType::U16:
      return setAs<std::uint16_t>(tensor, i, value);
    case DType::I16:
      return setAs<std::int16_t>(tensor, i, value);
    case DType::U32:
      return setAs<std::uint32_t>(tensor, i, value);
    case DType::I32:
      return setAs<std::int32_t>(tensor, i, value);
    case DType::I64:
      return setAs<std::int64_t>(tensor, i, value);
    case DType::F32:
      return setAs<float>(tensor, i, value);
    case DType::F64:
      return setAs<double>(tensor, i, value);
  }
}

Tensor Tensor::reshaped(Shape shape) const& {
  Tensor copy = *this;
  return std::move(copy).reshaped(shape);
}

Tensor Tensor::reshaped(Shape shape) && {
  assert(shape.size() == shape_.size());
  shape_ = shape;
  return std::move(*this);
}

Result<Tensor> convertIntegers(const Tensor& tensor, DType type) {
  if (!isInteger(tensor.type()) || !isInteger(type)) {
    return Error{Errc::Type, std::string(name(tensor.type())) + " cannot be converted to " +
                                 std::string(name(type)) + " as integers"};
  }
  if (tensor.type() == type) return tensor;
  switch (type) {
    case DType::U8:
      return narrowTo<std::uint8_t>(tensor);
    case DType::I8:
      return narrowTo<std::int8_t>(tensor);
    case DType::U16:
      return narrowTo<std::uint16_t>(tensor);
    case DType::I16:
      return narrowTo<std::int16_t>(tensor);
    case DType::U32:
      return narrowTo<std::uint32_t>(tensor);
    case DType::I32:
      return narrowTo<std::int32_t>(tensor);
    default:
      return narrowTo<std::int64_t>(tensor);
  }
}

}  // namespace glint
