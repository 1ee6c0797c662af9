#include "core/safetensors.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <limits>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "core/file.h"
#include "core/json.h"

namespace glint {
namespace {

static_assert(std::endian::native == std::endian::little,
              "safetensors files are little endian and are read without conversion");

constexpr std::size_t kPrefix = 8;                 // bytes of the header's length
constexpr std::uint64_t kMaxHeader = 100'000'000;  // bytes, as in the reference implementation
constexpr std::string_view kMetadata = "__metadata__";

struct Tag {
  std::string_view text;
  DType type;
};
/// In the order in which the reference implementation lays tensors out.
constexpr Tag kTags[] = {{"I64", DType::I64}, {"F64", DType::F64}, {"F32", DType::F32},
                         {"U32", DType::U32}, {"I32", DType::I32}, {"U16", DType::U16},
                         {"I16", DType::I16}, {"I8", DType::I8},   {"U8", DType::U8}};

/// What the header says of one tensor: data[begin, end).
struct Entry {
  std::string name;
  DType type = DType::U8;
  Shape shape;
  std::int64_t begin = 0;
  std::int64_t end = 0;

  std::string range() const {
    std::string text = "[";
    text += std::to_string(begin) + ", " + std::to_string(end);
    return text + ")";
  }
};

Error formatError(std::string message) { return {Errc::Format, std::move(message)}; }

std::string describe(const Json& value) {
  const std::int64_t* integer = value.asInt();
  return integer != nullptr ? std::to_string(*integer) : std::string(value.kindName());
}

Result<DType> readType(const Json& info) {
  const Json* member = info.find("dtype");
  if (member == nullptr || member->asString() == nullptr) {
    return formatError("'dtype' is missing or no string");
  }
  const std::string& text = *member->asString();
  const Tag* tag = std::find_if(std::begin(kTags), std::end(kTags),
                                [&text](const Tag& candidate) { return candidate.text == text; });
  if (tag == std::end(kTags)) return formatError("dtype '" + text + "' is not supported");
  return tag->type;
}

/// The member `key`, which must be an array of at most `maxCount` integers, none negative.
Result<std::vector<std::int64_t>> readIntegers(const Json& info, const std::string& key,
                                               std::size_t maxCount) {
  const Json* member = info.find(key);
  if (member == nullptr) return formatError("'" + key + "' is missing");
  const Json::Array* array = member->asArray();
  if (array == nullptr) {
    return formatError("'" + key + "' is " + describe(*member) + ", expected an array");
  }
  if (array->size() > maxCount) {
    return formatError("'" + key + "' has " + std::to_string(array->size()) +
                       " elements, expected at most " + std::to_string(maxCount));
  }
  std::vector<std::int64_t> values;
  for (const Json& element : *array) {
    const std::int64_t* value = element.asInt();
    if (value == nullptr || *value < 0) {
      return formatError("'" + key + "' holds " + describe(element) + ", expected an integer >= 0");
    }
    values.push_back(*value);
  }
  return values;
}

/// The bytes of a tensor. Nothing where 63 bits do not hold the product of the extents other than
/// 0 and the element size, so that no product of some of them overflows later.
std::optional<std::int64_t> countBytes(const Shape& shape, DType type) {
  auto bytes = static_cast<std::int64_t>(byteSize(type));
  bool isEmpty = false;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] == 0) {
      isEmpty = true;
    } else if (shape[axis] > std::numeric_limits<std::int64_t>::max() / bytes) {
      return std::nullopt;
    } else {
      bytes *= shape[axis];
    }
  }
  return isEmpty ? 0 : bytes;
}

Result<Entry> readEntry(const std::string& name, const Json& info, std::int64_t dataSize) {
  if (info.asObject() == nullptr) {
    return formatError(describe(info) + " in place of an object");
  }
  Entry entry;
  entry.name = name;
  GLINT_ASSIGN(entry.type, readType(info));
  GLINT_ASSIGN(const std::vector<std::int64_t> extents,
               readIntegers(info, "shape", Shape::kMaxRank));
  for (const std::int64_t extent : extents) entry.shape.append(extent);
  GLINT_ASSIGN(const std::vector<std::int64_t> offsets, readIntegers(info, "data_offsets", 2));
  if (offsets.size() != 2) {
    return formatError("'data_offsets' has " + std::to_string(offsets.size()) +
                       " elements, expected 2");
  }
  entry.begin = offsets[0];
  entry.end = offsets[1];

  if (entry.begin > entry.end) {
    return formatError("byte range " + entry.range() + " ends before it begins");
  }
  if (entry.end > dataSize) {
    return formatError("byte range " + entry.range() + " is out of the " +
                       std::to_string(dataSize) + " bytes of data");
  }
  const std::optional<std::int64_t> bytes = countBytes(entry.shape, entry.type);
  const std::string what =
      std::string(glint::name(entry.type)) + " of shape " + entry.shape.toString();
  if (!bytes) return formatError(what + " is too large");
  if (*bytes != entry.end - entry.begin) {
    return formatError("byte range " + entry.range() + " does not fit " + what + ", which takes " +
                       std::to_string(*bytes) + " bytes");
  }
  return entry;
}

std::string inTensor(const std::string& name) { return "tensor '" + name + "'"; }

/// Sorts `entries` by place and checks that they fill the data, each byte once.
Status checkLayout(std::vector<Entry>& entries, std::int64_t dataSize) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
  std::int64_t next = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = entries[i];
    if (entry.begin < next) {
      return within(inTensor(entry.name),
                    formatError("byte range " + entry.range() + " overlaps " +
                                entries[i - 1].range() + " of " + inTensor(entries[i - 1].name)));
    }
    if (entry.begin > next) {
      return within(inTensor(entry.name),
                    formatError("byte range " + entry.range() + " leaves a hole from byte " +
                                std::to_string(next)));
    }
    next = entry.end;
  }
  if (next != dataSize) {
    return formatError("the tensors end at byte " + std::to_string(next) + " of " +
                       std::to_string(dataSize) + " bytes of data");
  }
  return {};
}

Result<std::map<std::string, std::string>> readMetadata(const Json& value) {
  const Json::Object* object = value.asObject();
  if (object == nullptr) return formatError(describe(value) + " in place of an object");
  std::map<std::string, std::string> texts;
  for (const auto& [key, member] : *object) {
    if (member.asString() == nullptr) {
      return formatError("'" + key + "' is " + describe(member) + ", expected a string");
    }
    texts.emplace(key, *member.asString());
  }
  return texts;
}

/// The JSON text at the start of the file image.
Result<std::string_view> findHeader(std::span<const std::byte> bytes) {
  const std::string total = std::to_string(bytes.size()) + " bytes";
  if (bytes.size() < kPrefix) return formatError("truncated: " + total + " hold no header length");
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kPrefix);
  if (length > kMaxHeader) {
    return formatError("header of " + std::to_string(length) + " bytes, at most " +
                       std::to_string(kMaxHeader) + " are allowed");
  }
  if (length > bytes.size() - kPrefix) {
    return formatError("truncated: header of " + std::to_string(length) + " bytes in a file of " +
                       total);
  }
  const auto* text = reinterpret_cast<const char*>(bytes.data() + kPrefix);
  if (length == 0 || text[0] != '{') return formatError("the header does not start with '{'");
  return std::string_view(text, static_cast<std::size_t>(length));
}

}  // namespace

Result<SafeTensors> parseSafeTensors(std::span<const std::byte> bytes) {
  GLINT_ASSIGN(const std::string_view text, findHeader(bytes));
  const Result<Json> header = parseJson(text);
  if (!header) return within("header", header.error());
  const std::span<const std::byte> data = bytes.subspan(kPrefix + text.size());
  const auto dataSize = static_cast<std::int64_t>(data.size());

  SafeTensors contents;
  std::vector<Entry> entries;
  for (const auto& [name, value] : *header->asObject()) {
    if (name == kMetadata) {
      Result<std::map<std::string, std::string>> metadata = readMetadata(value);
      if (!metadata) return within(name, metadata.error());
      contents.metadata = *std::move(metadata);
    } else {
      Result<Entry> entry = readEntry(name, value, dataSize);
      if (!entry) return within(inTensor(name), entry.error());
      entries.push_back(*std::move(entry));
    }
  }
  GLINT_TRY(checkLayout(entries, dataSize));

  for (const Entry& entry : entries) {
    Tensor tensor(entry.type, entry.shape);
    const auto source = data.subspan(static_cast<std::size_t>(entry.begin), tensor.bytes().size());
    std::copy(source.begin(), source.end(), tensor.bytes().begin());
    contents.tensors.emplace(entry.name, std::move(tensor));
  }
  return contents;
}

std::vector<std::byte> serializeSafeTensors(const SafeTensors& contents) {
  assert(!contents.tensors.contains(std::string(kMetadata)));
  Json::Object header;
  if (!contents.metadata.empty()) {
    Json::Object metadata(contents.metadata.begin(), contents.metadata.end());
    header.emplace_back(kMetadata, std::move(metadata));
  }
  std::vector<const Tensor*> order;
  std::size_t offset = 0;
  for (const Tag& tag : kTags) {
    for (const auto& [name, tensor] : contents.tensors) {
      if (tensor.type() != tag.type) continue;
      Json::Array extents;
      for (int axis = 0; axis < tensor.shape().rank(); ++axis) {
        extents.emplace_back(tensor.shape()[axis]);
      }
      const std::size_t end = offset + tensor.bytes().size();
      header.emplace_back(name, Json::Object{{"dtype", tag.text},
                                             {"shape", std::move(extents)},
                                             {"data_offsets", Json::Array{offset, end}}});
      order.push_back(&tensor);
      offset = end;
    }
  }

  std::string text = Json(std::move(header)).dump();
  text.resize((text.size() + kPrefix - 1) / kPrefix * kPrefix, ' ');  // aligns the data
  const std::uint64_t length = text.size();
  std::vector<std::byte> bytes(kPrefix);
  std::memcpy(bytes.data(), &length, kPrefix);
  const auto textBytes = std::as_bytes(std::span(text));
  bytes.reserve(kPrefix + text.size() + offset);
  bytes.insert(bytes.end(), textBytes.begin(), textBytes.end());
  for (const Tensor* tensor : order) {
    bytes.insert(bytes.end(), tensor->bytes().begin(), tensor->bytes().end());
  }
  return bytes;
}

Result<SafeTensors> readSafeTensors(const std::string& path) {
  GLINT_ASSIGN(const std::vector<std::byte> bytes, readFile(path));
  Result<SafeTensors> contents = parseSafeTensors(bytes);
  if (!contents) return within(path, contents.error());
  return contents;
}

Status writeSafeTensors(const std::string& path, const SafeTensors& contents) {
  if (contents.tensors.contains(std::string(kMetadata))) {
    return Error{Errc::Value, path + ": a tensor cannot be named '__metadata__'"};
  }
  return writeFile(path, serializeSafeTensors(contents));
}

}  // namespace glint
