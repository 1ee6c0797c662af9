#include <array>
#include <charconv>
#include <cstring>
#include <string_view>

#include "apps/glint/arrays.h"

namespace glint::cli {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlignment = 64;

struct Kind {
  std::string_view descr;
  DType type;
};
constexpr std::array<Kind, 9> kKinds{{{"|u1", DType::U8},
                                      {"|i1", DType::I8},
                                      {"<u2", DType::U16},
                                      {"<i2", DType::I16},
                                      {"<u4", DType::U32},
                                      {"<i4", DType::I32},
                                      {"<i8", DType::I64},
                                      {"<f4", DType::F32},
                                      {"<f8", DType::F64}}};

Error damaged(const std::string& what) { return {Errc::Format, "the .npy file " + what}; }

/// What follows "'key':" in the header, which is a Python dictionary.
std::string_view valueOf(std::string_view header, std::string_view key) {
  const std::size_t at = header.find("'" + std::string(key) + "':");
  if (at == std::string_view::npos) return {};
  header.remove_prefix(at + key.size() + 3);
  header.remove_prefix(std::min(header.find_first_not_of(' '), header.size()));
  return header;
}

Result<Shape> shapeOf(std::string_view tuple) {
  Shape shape;
  const char* const end = tuple.data() + tuple.size();
  const char* at = tuple.data();
  if (tuple.empty() || *at++ != '(') return damaged("has no shape");
  std::int64_t size = 1;
  while (at < end && *at != ')') {
    std::int64_t extent = 0;
    const auto [after, failure] = std::from_chars(at, end, extent);
    if (failure != std::errc() || extent < 0) return damaged("has a shape that is not understood");
    if (shape.rank() == Shape::kMaxRank) {
      return damaged("has more than " + std::to_string(Shape::kMaxRank) + " axes");
    }
    if (extent > 0 && size > (std::int64_t{1} << 40) / extent) return damaged("is too large");
    size *= extent;
    shape.append(extent);
    at = after;
    while (at < end && (*at == ',' || *at == ' ' || *at == 'L')) ++at;
  }
  return shape;
}

}  // namespace

Result<Tensor> parseNpy(std::span<const std::byte> bytes) {
  const std::string_view file(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (file.size() < 12 || file.substr(0, kMagic.size()) != kMagic) {
    return damaged("does not begin with \\x93NUMPY: it is of another format");
  }
  const auto byte = [&](std::size_t i) { return std::to_integer<std::size_t>(bytes[i]); };
  const std::size_t lengthBytes = byte(6) == 1 ? 2 : 4;
  std::size_t length = 0;
  for (std::size_t i = 0; i < lengthBytes; ++i) length |= byte(8 + i) << (8 * i);
  const std::size_t begin = 8 + lengthBytes;
  if (file.size() - begin < length) return damaged("is truncated in its header");
  const std::string_view header = file.substr(begin, length);
  if (valueOf(header, "fortran_order").substr(0, 5) != "False") {
    return damaged("is in Fortran order; write numpy.ascontiguousarray() of it");
  }
  const std::string_view descr = valueOf(header, "descr");
  for (const Kind& kind : kKinds) {
    if (descr.substr(0, 5) != "'" + std::string(kind.descr) + "'") continue;
    GLINT_ASSIGN(const Shape shape, shapeOf(valueOf(header, "shape")));
    const std::size_t size = static_cast<std::size_t>(shape.size()) * byteSize(kind.type);
    if (file.size() - begin - length != size) {
      return damaged("holds " + std::to_string(file.size() - begin - length) +
                     " bytes of numbers, but shape " + shape.toString() + " needs " +
                     std::to_string(size));
    }
    Tensor tensor(kind.type, shape);
    if (size > 0) std::memcpy(tensor.bytes().data(), bytes.data() + begin + length, size);
    return tensor;
  }
  return damaged("has elements of type " + std::string(descr.substr(0, descr.find(','))) +
                 ", legal: uint8, int8, uint16, int16, uint32, int32, int64, float32, float64");
}

std::vector<std::byte> serializeNpy(const Tensor& tensor) {
  std::string header = "{'descr': '";
  for (const Kind& kind : kKinds) {
    if (kind.type == tensor.type()) header += kind.descr;
  }
  header += "', 'fortran_order': False, 'shape': (";
  for (int axis = 0; axis < tensor.shape().rank(); ++axis) {
    header += std::to_string(tensor.shape()[axis]) + ", ";
  }
  header += "), }";
  // The numbers begin at a multiple of 64 bytes; the header ends in a line feed.
  const std::size_t fixed = kMagic.size() + 4;
  header.resize((fixed + header.size() + kAlignment) / kAlignment * kAlignment - fixed - 1, ' ');
  header += '\n';
  std::string start(kMagic);
  start += {'\x01', '\x00', static_cast<char>(header.size() & 0xFF),
            static_cast<char>(header.size() >> 8)};
  start += header;
  std::vector<std::byte> bytes(start.size() + tensor.bytes().size());
  std::memcpy(bytes.data(), start.data(), start.size());
  if (tensor.size() > 0) {
    std::memcpy(bytes.data() + start.size(), tensor.bytes().data(), tensor.bytes().size());
  }
  return bytes;
}

}  // namespace glint::cli
