// Source: PNG specification, third edition, sections 5.2 to 5.5 and annex D; ITU-T T.81, annex B.
#include <algorithm>
#include <array>
#include <limits>

#include "apps/glint/picture/image.h"

namespace glint::picture {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::array<unsigned, 8> kPngSignature{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
constexpr std::uint32_t kIend = 0x49454E44;

std::uint32_t big32(Bytes bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | std::to_integer<unsigned>(bytes[at + i]);
  return value;
}

unsigned byteAt(Bytes bytes, std::size_t at) { return std::to_integer<unsigned>(bytes[at]); }

constexpr auto crcTable = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t n = 0; n < 256; ++n) {
    std::uint32_t c = n;
    for (int bit = 0; bit < 8; ++bit) c = (c & 1) != 0 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
    table[n] = c;
  }
  return table;
}();

std::uint32_t crc(Bytes bytes) {
  std::uint32_t c = 0xFFFFFFFFu;
  for (const std::byte b : bytes)
    c = crcTable[(c ^ std::to_integer<unsigned>(b)) & 0xFF] ^ (c >> 8);
  return c ^ 0xFFFFFFFFu;
}

Error truncated(const char* kind, std::size_t size) {
  return {Errc::Format, std::string("the ") + kind + " is truncated: it ends after " +
                            std::to_string(size) + " bytes. Copy or download it again"};
}

Error tooLong() { return {Errc::Format, "the file is larger than 2 GiB"}; }

}  // namespace

bool isPng(Bytes bytes) {
  return bytes.size() >= kPngSignature.size() &&
         std::equal(kPngSignature.begin(), kPngSignature.end(), bytes.begin(),
                    [](unsigned a, std::byte b) { return a == std::to_integer<unsigned>(b); });
}

bool isJpeg(Bytes bytes) {
  return bytes.size() >= 3 && byteAt(bytes, 0) == 0xFF && byteAt(bytes, 1) == 0xD8 &&
         byteAt(bytes, 2) == 0xFF;
}

Status checkPng(Bytes bytes) {
  if (bytes.size() > std::numeric_limits<int>::max()) return tooLong();
  std::size_t at = kPngSignature.size();
  for (;;) {
    // Length, type, data, checksum of type and data.
    if (bytes.size() - at < 12) return truncated("PNG", bytes.size());
    const std::size_t length = big32(bytes, at);
    if (bytes.size() - at - 12 < length) return truncated("PNG", bytes.size());
    if (crc(bytes.subspan(at + 4, length + 4)) != big32(bytes, at + 8 + length)) {
      return Error{Errc::Format, "the PNG is damaged: wrong checksum of the chunk at byte " +
                                     std::to_string(at) + ". Copy or download it again"};
    }
    if (big32(bytes, at + 4) == kIend) return {};
    at += length + 12;
  }
}

Status checkJpeg(Bytes bytes) {
  if (bytes.size() > std::numeric_limits<int>::max()) return tooLong();
  std::size_t at = 2;
  while (at + 1 < bytes.size()) {
    if (byteAt(bytes, at) != 0xFF) {  // entropy-coded data, or padding between segments
      ++at;
      continue;
    }
    const unsigned marker = byteAt(bytes, at + 1);
    if (marker == 0xD9) return {};
    const bool alone = marker == 0x00 || marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
    if (alone || marker == 0xFF) {
      at += marker == 0xFF ? 1 : 2;
      continue;
    }
    if (at + 3 >= bytes.size()) break;
    at += 2 + (byteAt(bytes, at + 2) << 8 | byteAt(bytes, at + 3));
  }
  return truncated("JPEG", bytes.size());
}

}  // namespace glint::picture
