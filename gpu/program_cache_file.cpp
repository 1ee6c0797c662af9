/// Hash: FNV-1a (Fowler, Noll, Vo) of 64 bits; the upper half runs over the same bytes from another
/// start and is mixed at the end with the finaliser of SplitMix64.
#include "gpu/program_cache_file.h"

#include <cstring>
#include <filesystem>
#include <system_error>

#include "core/file.h"

namespace glint::gpu {
namespace {

constexpr std::string_view kMagic = "GLNTPROG";
constexpr std::uint32_t kFormatVersion = 1;
constexpr std::size_t kHeaderBytes = 48;
/// Larger than any program of a driver; a bound on what a damaged length can ask for.
constexpr std::uintmax_t kMaxEntryBytes = std::uintmax_t{64} << 20;

constexpr std::uint64_t kFnvStart = 0xCBF29CE484222325u;
constexpr std::uint64_t kFnvPrime = 0x100000001B3u;

std::uint64_t fnv1a(std::uint64_t hash, std::span<const std::byte> bytes) {
  for (std::byte byte : bytes) hash = (hash ^ std::to_integer<std::uint64_t>(byte)) * kFnvPrime;
  return hash;
}

std::uint64_t mixed(std::uint64_t v) {
  v = (v ^ (v >> 30)) * 0xBF58476D1CE4E5B9u;
  v = (v ^ (v >> 27)) * 0x94D049BB133111EBu;
  return v ^ (v >> 31);
}

void put(std::vector<std::byte>& bytes, std::uint64_t value, int count) {
  for (int i = 0; i < count; ++i) bytes.push_back(static_cast<std::byte>(value >> (8 * i)));
}

std::uint64_t get(std::span<const std::byte> bytes, std::size_t offset, int count) {
  std::uint64_t value = 0;
  for (int i = count - 1; i >= 0; --i) {
    value =
        value << 8 | std::to_integer<std::uint64_t>(bytes[offset + static_cast<std::size_t>(i)]);
  }
  return value;
}

std::span<const std::byte> bytesOf(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

Error damaged(const char* what) {
  return Error{Errc::Format, std::string("program cache entry: ") + what};
}

}  // namespace

std::string CacheKey::toText() const {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (std::uint64_t half : {high, low}) {
    for (int shift = 60; shift >= 0; shift -= 4) text += kDigits[(half >> shift) & 15];
  }
  return text;
}

CacheKey makeCacheKey(std::initializer_list<std::string_view> texts) {
  std::uint64_t low = kFnvStart;
  std::uint64_t high = mixed(kFnvStart);
  for (std::string_view text : texts) {
    std::vector<std::byte> length;
    put(length, text.size(), 8);
    low = fnv1a(fnv1a(low, length), bytesOf(text));
    high = mixed(fnv1a(fnv1a(high, length), bytesOf(text)));
  }
  return {high, low};
}

std::vector<std::byte> encodeCacheEntry(const CacheKey& key, const ProgramBinary& binary) {
  std::vector<std::byte> entry;
  entry.reserve(kHeaderBytes + binary.bytes.size());
  for (std::byte byte : bytesOf(kMagic)) entry.push_back(byte);
  put(entry, kFormatVersion, 4);
  put(entry, binary.format, 4);
  put(entry, key.high, 8);
  put(entry, key.low, 8);
  put(entry, binary.bytes.size(), 8);
  put(entry, fnv1a(kFnvStart, binary.bytes), 8);
  entry.insert(entry.end(), binary.bytes.begin(), binary.bytes.end());
  return entry;
}

Result<ProgramBinary> decodeCacheEntry(const CacheKey& key, std::span<const std::byte> entry) {
  if (entry.size() < kHeaderBytes) return damaged("truncated header");
  if (std::memcmp(entry.data(), kMagic.data(), kMagic.size()) != 0) return damaged("not an entry");
  if (get(entry, 8, 4) != kFormatVersion) return damaged("another format version");
  if (CacheKey{get(entry, 16, 8), get(entry, 24, 8)} != key) return damaged("for another program");
  const std::span<const std::byte> payload = entry.subspan(kHeaderBytes);
  if (get(entry, 32, 8) != payload.size()) return damaged("truncated or too long");
  if (get(entry, 40, 8) != fnv1a(kFnvStart, payload)) return damaged("wrong checksum");
  ProgramBinary binary;
  binary.format = static_cast<GLenum>(get(entry, 12, 4));
  binary.bytes.assign(payload.begin(), payload.end());
  return binary;
}

Result<std::vector<std::byte>> readCacheFile(const std::string& path) {
  std::error_code failure;
  const std::uintmax_t size = std::filesystem::file_size(path, failure);
  if (failure) return Error{Errc::File, path + ": " + failure.message()};
  if (size > kMaxEntryBytes) return Error{Errc::File, path + ": too large for a cache entry"};
  return readFile(path);
}

}  // namespace glint::gpu
