#include "apps/glint/picture/orientation.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace glint::picture {
namespace {

constexpr unsigned kOrientationTag = 0x0112;
constexpr std::size_t kEntryBytes = 12;

/// Numbers of a byte order, 0 beyond the end.
struct Reader {
  std::span<const std::byte> bytes;
  bool littleEndian = false;

  unsigned byte(std::size_t at) const {
    return at < bytes.size() ? std::to_integer<unsigned>(bytes[at]) : 0;
  }
  unsigned u16(std::size_t at) const {
    return littleEndian ? byte(at) | byte(at + 1) << 8 : byte(at) << 8 | byte(at + 1);
  }
  std::size_t u32(std::size_t at) const {
    const std::size_t first = u16(at), second = u16(at + 2);
    return littleEndian ? first | second << 16 : first << 16 | second;
  }
};

/// The orientation in a TIFF structure, as an Exif segment holds it.
int orientationOf(std::span<const std::byte> tiff) {
  Reader reader{tiff};
  reader.littleEndian = reader.byte(0) == 'I';
  const std::size_t directory = reader.u32(4);
  if (directory >= tiff.size()) return 1;
  const std::size_t entries = reader.u16(directory);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + i * kEntryBytes;
    if (entry + kEntryBytes > tiff.size()) return 1;
    if (reader.u16(entry) != kOrientationTag) continue;
    const int value = static_cast<int>(reader.u16(entry + 8));
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

}  // namespace

int exifOrientation(std::span<const std::byte> jpeg) {
  constexpr std::string_view kExif("Exif\0\0", 6);
  const Reader reader{jpeg};
  std::size_t at = 2;  // behind the start marker
  while (at + 4 <= jpeg.size() && reader.byte(at) == 0xFF) {
    const unsigned marker = reader.byte(at + 1);
    const std::size_t length = reader.u16(at + 2);
    if (marker == 0xDA || length < 2 || at + 2 + length > jpeg.size()) return 1;
    const std::span<const std::byte> segment = jpeg.subspan(at + 4, length - 2);
    if (marker == 0xE1 && segment.size() > kExif.size() &&
        std::memcmp(segment.data(), kExif.data(), kExif.size()) == 0) {
      return orientationOf(segment.subspan(kExif.size()));
    }
    at += 2 + length;
  }
  return 1;
}

Image upright(const Image& stored, int orientation) {
  if (orientation <= 1 || orientation > 8) return stored;
  const bool swaps = orientation >= 5;
  Image image(swaps ? stored.height : stored.width, swaps ? stored.width : stored.height,
              stored.channels);
  // Where the stored first row and first column are seen.
  const bool rowFromEnd =
      orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  const bool columnFromEnd =
      orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  for (int row = 0; row < stored.height; ++row) {
    for (int column = 0; column < stored.width; ++column) {
      const int r = rowFromEnd ? stored.height - 1 - row : row;
      const int c = columnFromEnd ? stored.width - 1 - column : column;
      std::uint8_t* to = swaps ? image.at(r, c) : image.at(c, r);
      std::copy_n(stored.at(column, row), stored.channels, to);
    }
  }
  return image;
}

}  // namespace glint::picture
