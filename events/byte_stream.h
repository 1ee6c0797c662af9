#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"

namespace glint::events {

/// A file, or bytes in memory, from front to end. Holds a part of the file at a time, so that one
/// of many gigabytes needs as much memory as the largest part that is asked for at once.
class ByteStream {
 public:
  /// Errors: File, naming `path` and the system's reason.
  static Result<ByteStream> open(const std::string& path);
  /// Bytes that outlive the stream; `name` is what errors call them.
  static ByteStream of(std::span<const std::byte> bytes, std::string name);

  /// The next `count` bytes, or all that are left where those are fewer. They stay the next ones,
  /// and their address is valid until the next call. Errors: File.
  Result<std::span<const std::byte>> peek(std::size_t count);
  /// Goes on by `count` bytes, at most those of the last peek.
  void skip(std::size_t count);

  /// Bytes from the front of the file to the next one.
  std::uint64_t offset() const { return offset_; }
  const std::string& name() const { return name_; }

  /// "recording.raw: at byte 1024: <what>", code Format.
  Error damagedAt(std::uint64_t offset, const std::string& what) const;
  /// The same for the next byte.
  Error damaged(const std::string& what) const { return damagedAt(offset_, what); }

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  std::string name_;
  std::unique_ptr<std::FILE, Closer> file_;  ///< null: all bytes are in `held_`
  std::vector<std::byte> buffer_;
  std::span<const std::byte> held_;  ///< from the next byte on
  std::uint64_t offset_ = 0;
};

/// The little-endian number of sizeof(T) bytes at `at`.
template <typename T>
T littleEndian(const std::byte* at) {
  std::make_unsigned_t<T> value = 0;
  for (std::size_t i = sizeof(T); i-- > 0;) {
    value = static_cast<std::make_unsigned_t<T>>((std::uint64_t{value} << 8) |
                                                 std::to_integer<std::uint64_t>(at[i]));
  }
  return static_cast<T>(value);
}

}  // namespace glint::events
