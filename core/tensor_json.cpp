#include "core/tensor_json.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base64.h"

namespace glint {
namespace {

constexpr DType kTypes[] = {DType::U8,  DType::I8,  DType::U16, DType::I16, DType::U32,
                            DType::I32, DType::I64, DType::F32, DType::F64};
/// No tensor of a model is larger; keeps products of extents within 64 bits.
constexpr std::int64_t kMaxExtent = std::int64_t{1} << 31;

Error wrong(std::string_view member, const Json* value, const std::string& legal) {
  return {Errc::Format, "'" + std::string(member) + "' is " +
                            (value != nullptr ? value->dump().substr(0, 80) : "missing") +
                            ", legal: " + legal};
}

Result<DType> readType(const Json* json) {
  const std::string* text = json != nullptr ? json->asString() : nullptr;
  std::string legal;
  for (const DType type : kTypes) {
    if (text != nullptr && *text == name(type)) return type;
    legal += (legal.empty() ? "" : ", ") + std::string(name(type));
  }
  return wrong("dtype", json, legal);
}

Result<Shape> readShape(const Json* json) {
  const Error error =
      wrong("shape", json, "a list of at most " + std::to_string(Shape::kMaxRank) + " extents");
  const Json::Array* items = json != nullptr ? json->asArray() : nullptr;
  if (items == nullptr || items->size() > static_cast<std::size_t>(Shape::kMaxRank)) return error;
  Shape shape;
  std::int64_t size = 1;
  for (const Json& item : *items) {
    const std::int64_t* extent = item.asInt();
    if (extent == nullptr || *extent < 0 || *extent > kMaxExtent) return error;
    size *= *extent;
    if (size > kMaxExtent) return error;
    shape.append(*extent);
  }
  return shape;
}

}  // namespace

Json tensorToJson(const Tensor& tensor) {
  Json shape = Json::array();
  for (int axis = 0; axis < tensor.shape().rank(); ++axis) shape.push(tensor.shape()[axis]);
  Json json = Json::object();
  json.set("dtype", name(tensor.type()));
  json.set("shape", std::move(shape));
  json.set("data", toBase64(tensor.bytes()));
  return json;
}

Result<Tensor> tensorFromJson(const Json& json) {
  const Json::Object* members = json.asObject();
  if (members == nullptr || members->size() != 3) {
    return Error{Errc::Format,
                 "is " + json.dump().substr(0, 80) + ", legal: an object of dtype, shape and data"};
  }
  GLINT_ASSIGN(const DType type, readType(json.find("dtype")));
  GLINT_ASSIGN(const Shape shape, readShape(json.find("shape")));
  const Json* data = json.find("data");
  const std::string* text = data != nullptr ? data->asString() : nullptr;
  if (text == nullptr) return wrong("data", data, "a string of base64");
  const std::optional<std::vector<std::byte>> bytes = fromBase64(*text);
  if (!bytes) return wrong("data", data, "base64, padded and without line breaks");
  const auto size = static_cast<std::size_t>(shape.size()) * byteSize(type);
  if (bytes->size() != size) {
    return Error{Errc::Format, "'data' holds " + std::to_string(bytes->size()) + " bytes, but " +
                                   std::string(name(type)) + " " + shape.toString() + " has " +
                                   std::to_string(size)};
  }
  Tensor tensor(type, shape);
  std::copy(bytes->begin(), bytes->end(), tensor.bytes().begin());
  return tensor;
}

}  // namespace glint
