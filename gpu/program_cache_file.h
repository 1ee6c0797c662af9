/// The format of a program cache entry. Little-endian:
///   8 bytes  "GLNTPROG"      4 format version (1)     4 binary format (GLenum)
///   16 key                   8 payload length         8 checksum of payload
///   payload: the driver's bytes
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gpu/program.h"

namespace glint::gpu {

/// 128 bits that stand for driver, version and sources.
struct CacheKey {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  bool operator==(const CacheKey&) const = default;
  /// 32 hexadecimal digits.
  std::string toText() const;
};

/// Hashes texts in order, each with its length, so that no two lists run together.
CacheKey makeCacheKey(std::initializer_list<std::string_view> texts);

/// The bytes of an entry.
std::vector<std::byte> encodeCacheEntry(const CacheKey& key, const ProgramBinary& binary);

/// Errors: Format, when it is truncated, damaged, of another version or for another key.
Result<ProgramBinary> decodeCacheEntry(const CacheKey& key, std::span<const std::byte> entry);

/// Errors: File (absent or unreadable).
Result<std::vector<std::byte>> readCacheFile(const std::string& path);

}  // namespace glint::gpu
