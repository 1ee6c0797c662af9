#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"

/// Pictures as files and in memory.
namespace glint::picture {

/// 8-bit pixels, row by row: 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha.
struct Image {
  int width = 0;
  int height = 0;
  int channels = 0;
  std::vector<std::uint8_t> pixels;

  Image() = default;
  Image(int w, int h, int c)
      : width(w),
        height(h),
        channels(c),
        pixels(std::size_t(w) * std::size_t(h) * std::size_t(c)) {}

  std::uint8_t* at(int x, int y) { return pixels.data() + offset(x, y); }
  const std::uint8_t* at(int x, int y) const { return pixels.data() + offset(x, y); }
  bool hasColour() const { return channels >= 3; }
  bool hasAlpha() const { return channels == 2 || channels == 4; }

  bool operator==(const Image&) const = default;

 private:
  std::size_t offset(int x, int y) const {
    return (std::size_t(y) * std::size_t(width) + std::size_t(x)) * std::size_t(channels);
  }
};

/// Sides that pictures to be read may have, in pixels.
inline constexpr int kMinSide = 16;
inline constexpr int kMaxSide = 4096;

/// A PNG or JPEG from memory, upright as its EXIF orientation says. Errors: Format (neither,
/// damaged or truncated), Value (a side out of kMinSide .. kMaxSide).
Result<Image> decodeImage(std::span<const std::byte> bytes);
/// Reads a file; errors begin with `path`.
Result<Image> loadImage(const std::string& path);

/// "png", "jpeg" by the suffix, or an error (Value) that names what is legal.
Result<std::string> formatOf(const std::string& path);
/// Writes a PNG or JPEG (without alpha), by the suffix, all or nothing. The same picture gives the
/// same bytes.
Status saveImage(const std::string& path, const Image& image);

/// Whether the file is whole: chunks and checksums of a PNG, segments of a JPEG up to its end.
/// Decoders overlook both. Errors: Format.
Status checkPng(std::span<const std::byte> bytes);
Status checkJpeg(std::span<const std::byte> bytes);
bool isPng(std::span<const std::byte> bytes);
bool isJpeg(std::span<const std::byte> bytes);

}  // namespace glint::picture
