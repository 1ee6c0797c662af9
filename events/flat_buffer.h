#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace glint::events {

/// Reads a FlatBuffer that begins with its size: a root table whose fields have numbers. Nothing is
/// trusted: what would lie outside the bytes is absent. Source: "FlatBuffers Internals", Google.
class FlatBuffer {
 public:
  /// Where a field of a table lies.
  using Place = std::optional<std::size_t>;

  /// `bytes` from the size on. Empty optional if there is no root table within them.
  static std::optional<FlatBuffer> of(std::span<const std::byte> bytes);

  /// The four letters that name the kind of the root table.
  std::string_view identifier() const;

  /// The field with `number` of the root table and at least `size` bytes, or nothing where the
  /// table leaves it out. `damaged` is set if the table cannot be read.
  Place field(std::size_t number, std::size_t size, bool& damaged) const;

  /// Where the vector or text that the offset at `place` points to has its elements, and how many.
  struct Elements {
    std::size_t at = 0;
    std::size_t count = 0;
  };
  /// Nothing if not all `count` elements of `size` bytes lie within the bytes.
  std::optional<Elements> elements(std::size_t place, std::size_t size) const;

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  explicit FlatBuffer(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::span<const std::byte> bytes_;  ///< from the size on
  std::size_t root_ = 0;
};

}  // namespace glint::events
