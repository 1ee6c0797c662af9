#include "apps/glint/picture/image.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <memory>
#include <utility>

#include <stb_image.h>
#include <stb_image_write.h>

#include "apps/glint/picture/orientation.h"
#include "core/file.h"

namespace glint::picture {
namespace {

constexpr int kJpegQuality = 95;

Status checkSides(int width, int height) {
  const std::string size = std::to_string(width) + "x" + std::to_string(height);
  if (std::min(width, height) < kMinSide) {
    return Error{Errc::Value, "the picture is " + size + ", too small: legal from " +
                                  std::to_string(kMinSide) + "x" + std::to_string(kMinSide) +
                                  ". Take a larger one"};
  }
  if (std::max(width, height) > kMaxSide) {
    return Error{Errc::Value, "the picture is " + size + ", too large: legal up to " +
                                  std::to_string(kMaxSide) + "x" + std::to_string(kMaxSide) +
                                  ". Make it smaller or cut it first"};
  }
  return {};
}

Error undecodable() {
  const char* reason = stbi_failure_reason();
  return {Errc::Format, std::string("the picture is damaged, or of a kind that is not read: ") +
                            (reason == nullptr ? "no reason given" : reason)};
}

void append(void* to, void* data, int size) {
  auto& bytes = *static_cast<std::vector<std::byte>*>(to);
  const auto* from = static_cast<const std::byte*>(data);
  bytes.insert(bytes.end(), from, from + size);
}

Image withoutAlpha(const Image& image) {
  Image out(image.width, image.height, image.channels - 1);
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      std::copy_n(image.at(x, y), out.channels, out.at(x, y));
    }
  }
  return out;
}

}  // namespace

Result<Image> decodeImage(std::span<const std::byte> bytes) {
  if (bytes.empty()) return Error{Errc::Format, "the file is empty"};
  if (isPng(bytes)) {
    GLINT_TRY(checkPng(bytes));
  } else if (isJpeg(bytes)) {
    GLINT_TRY(checkJpeg(bytes));
  } else {
    return Error{Errc::Format, "neither a PNG nor a JPEG; convert it to one of them"};
  }
  const auto* data = reinterpret_cast<const stbi_uc*>(bytes.data());
  const auto size = static_cast<int>(bytes.size());
  int width = 0, height = 0, channels = 0;
  if (stbi_info_from_memory(data, size, &width, &height, &channels) == 0) return undecodable();
  GLINT_TRY(checkSides(width, height));
  const std::unique_ptr<stbi_uc, void (*)(void*)> pixels(
      stbi_load_from_memory(data, size, &width, &height, &channels, 0), stbi_image_free);
  if (!pixels) return undecodable();
  Image image(width, height, channels);
  std::memcpy(image.pixels.data(), pixels.get(), image.pixels.size());
  return isJpeg(bytes) ? upright(image, exifOrientation(bytes)) : image;
}

Result<Image> loadImage(const std::string& path) {
  GLINT_ASSIGN(const std::vector<std::byte> bytes, readFile(path));
  Result<Image> image = decodeImage(bytes);
  if (!image.ok()) return within(path, image.error());
  return image;
}

Result<std::string> formatOf(const std::string& path) {
  const std::size_t dot = path.find_last_of("./");
  std::string suffix = dot == std::string::npos || path[dot] == '/' ? "" : path.substr(dot + 1);
  std::transform(suffix.begin(), suffix.end(), suffix.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (suffix == "png") return std::string("png");
  if (suffix == "jpg" || suffix == "jpeg") return std::string("jpeg");
  return Error{Errc::Value, path + ": a picture is written as .png, .jpg or .jpeg"};
}

Status saveImage(const std::string& path, const Image& image) {
  GLINT_ASSIGN(const std::string format, formatOf(path));
  std::vector<std::byte> bytes;
  int done = 0;
  if (format == "png") {
    done = stbi_write_png_to_func(append, &bytes, image.width, image.height, image.channels,
                                  image.pixels.data(), image.width * image.channels);
  } else {
    const Image opaque = image.hasAlpha() ? withoutAlpha(image) : image;
    done = stbi_write_jpg_to_func(append, &bytes, opaque.width, opaque.height, opaque.channels,
                                  opaque.pixels.data(), kJpegQuality);
  }
  if (done == 0) return Error{Errc::File, path + ": the picture cannot be encoded"};
  return writeFile(path, bytes);
}

}  // namespace glint::picture
