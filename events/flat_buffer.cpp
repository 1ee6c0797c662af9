#include "events/flat_buffer.h"

#include "events/byte_stream.h"

namespace glint::events {
namespace {

constexpr std::size_t kPrefix = 4;       // bytes of the size, from behind which offsets count
constexpr std::size_t kIdentifier = 8;   // where it begins
constexpr std::size_t kHeader = 12;      // bytes up to the end of the identifier
constexpr std::size_t kTableHeader = 4;  // bytes of a vtable in front of its offsets

}  // namespace

std::optional<FlatBuffer> FlatBuffer::of(std::span<const std::byte> bytes) {
  if (bytes.size() < kHeader) return {};
  const std::size_t size = littleEndian<std::uint32_t>(bytes.data());
  if (size > bytes.size() - kPrefix || size < kHeader - kPrefix) return {};
  FlatBuffer buffer(bytes.first(kPrefix + size));
  const std::size_t root = littleEndian<std::uint32_t>(bytes.data() + kPrefix);
  if (root > size - 4) return {};
  buffer.root_ = kPrefix + root;
  return buffer;
}

std::string_view FlatBuffer::identifier() const {
  return {reinterpret_cast<const char*>(bytes_.data()) + kIdentifier, 4};
}

FlatBuffer::Place FlatBuffer::field(std::size_t number, std::size_t size, bool& damaged) const {
  const auto signedRoot = static_cast<std::int64_t>(root_);
  const std::int64_t table = signedRoot - littleEndian<std::int32_t>(bytes_.data() + root_);
  const auto end = static_cast<std::int64_t>(bytes_.size());
  damaged = table < 0 || table > end - static_cast<std::int64_t>(kTableHeader);
  if (damaged) return {};
  const std::byte* const vtable = bytes_.data() + table;
  const std::size_t length = littleEndian<std::uint16_t>(vtable);
  const std::size_t at = kTableHeader + 2 * number;
  damaged = table + static_cast<std::int64_t>(length) > end;
  if (damaged || at + 2 > length) return {};
  const std::size_t offset = littleEndian<std::uint16_t>(vtable + at);
  if (offset == 0) return {};
  damaged = root_ + offset + size > bytes_.size();
  if (damaged) return {};
  return root_ + offset;
}

std::optional<FlatBuffer::Elements> FlatBuffer::elements(std::size_t place,
                                                         std::size_t size) const {
  const std::size_t offset = littleEndian<std::uint32_t>(bytes_.data() + place);
  if (offset > bytes_.size() - place - 4) return {};
  const std::size_t vector = place + offset;
  if (bytes_.size() - vector < 4) return {};
  const std::size_t count = littleEndian<std::uint32_t>(bytes_.data() + vector);
  if (count > (bytes_.size() - vector - 4) / size) return {};
  return Elements{vector + 4, count};
}

}  // namespace glint::events
