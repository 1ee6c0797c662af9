#include <algorithm>
#include <array>
#include <cstdlib>

#include <doctest/doctest.h>

#include "apps/glint/picture/colour.h"
#include "apps/glint/picture/image.h"
#include "apps/glint/picture/orientation.h"
#include "apps/glint/picture/resize.h"
#include "apps/glint/picture/side_by_side.h"
#include "core/file.h"
#include "core/random.h"
#include "tests/core/temp_folder.h"

namespace glint::picture {
namespace {

Image noise(int width, int height, int channels) {
  Image image(width, height, channels);
  Random random(7);
  for (auto& pixel : image.pixels) pixel = static_cast<std::uint8_t>(random.between(0, 255));
  return image;
}

int largestDifference(const Image& a, const Image& b) {
  REQUIRE(a.pixels.size() == b.pixels.size());
  int largest = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    largest = std::max(largest, std::abs(a.pixels[i] - b.pixels[i]));
  }
  return largest;
}

TEST_CASE("luma of gray is that gray, and the weights are those of BT.601") {
  for (int v = 0; v < 256; ++v) CHECK(luma(v, v, v) == v);
  CHECK(luma(255, 0, 0) == 76);
  CHECK(luma(0, 255, 0) == 150);
  CHECK(luma(0, 0, 255) == 29);
}

TEST_CASE("a picture keeps its colours when its luma is put back") {
  for (const int channels : {1, 2, 3, 4}) {
    const Image image = noise(19, 23, channels);
    const Image again = withLuma(image, lumaOf(image));
    CHECK(again.channels == channels);
    CHECK(largestDifference(image, again) <= (channels >= 3 ? 2 : 0));
  }
}

TEST_CASE("alpha and chroma grow with luma") {
  Image image(20, 16, 4);
  for (int y = 0; y < 16; ++y) {
    for (int x = 0; x < 20; ++x)
      std::copy_n(std::array<int, 4>{200, 40, 90, 77}.data(), 4, image.at(x, y));
  }
  const Image large = withLuma(image, resizeBicubic(lumaOf(image), 40, 32));
  REQUIRE(large.width == 40);
  REQUIRE(large.channels == 4);
  CHECK(large.at(39, 31)[3] == 77);
  CHECK(std::abs(large.at(0, 0)[0] - 200) <= 1);
  CHECK(std::abs(large.at(17, 11)[1] - 40) <= 1);
  CHECK(std::abs(large.at(39, 0)[2] - 90) <= 1);
}

TEST_CASE("bicubic keeps constants and, inside, ramps") {
  Image flat(17, 16, 3);
  std::fill(flat.pixels.begin(), flat.pixels.end(), std::uint8_t{93});
  for (const int size : {16, 17, 33, 34, 51, 9}) {
    const Image resized = resizeBicubic(flat, size, size);
    CHECK(std::all_of(resized.pixels.begin(), resized.pixels.end(), [](int v) { return v == 93; }));
  }
  Plane ramp{32, 16, std::vector<float>(32 * 16)};
  for (std::size_t i = 0; i < ramp.values.size(); ++i) ramp.values[i] = static_cast<float>(i % 32);
  BicubicRows rows(ramp, 64, 32);
  const std::vector<float>& row = rows.row(15);
  for (std::size_t x = 4; x < 60; ++x) {
    CHECK(static_cast<double>(row[x]) ==
          doctest::Approx((static_cast<double>(x) + .5) / 2 - .5).epsilon(1e-5));
  }
}

TEST_CASE("bicubic is Pillow's") {
  Image image(4, 3, 1);
  image.pixels = {0, 100, 50, 200, 255, 10, 90, 30, 5, 60, 128, 250};
  // PIL.Image.resize(size, BICUBIC) in mode F, which does not round between its two passes.
  Image expected(8, 6, 1);
  expected.pixels = {0,   4,   83, 101, 50,  80,  182, 230, 51,  60,  77, 76, 55,  79,  142, 172,
                     232, 179, 65, 24,  65,  76,  59,  50,  235, 177, 54, 19, 81,  100, 75,  64,
                     59,  55,  46, 61,  101, 145, 190, 212, 0,   0,   42, 81, 110, 167, 245, 255};
  CHECK(largestDifference(resizeBicubic(image, 8, 6), expected) <= 1);
  const Image large = resizeNearest(image, 12, 9);
  Image reduced(5, 4, 1);
  reduced.pixels = {0,   76, 75, 87,  212, 182, 74, 52, 78,  80,
                    184, 61, 59, 106, 98,  0,   41, 94, 167, 255};
  CHECK(largestDifference(resizeBicubic(large, 5, 4), reduced) <= 1);
}

TEST_CASE("nearest repeats pixels") {
  const Image image = noise(5, 4, 3);
  const Image large = resizeNearest(image, 15, 12);
  for (int y = 0; y < 12; ++y) {
    for (int x = 0; x < 15; ++x)
      CHECK(std::equal(large.at(x, y), large.at(x, y) + 3, image.at(x / 3, y / 3)));
  }
}

TEST_CASE("PNG and JPEG are written and read") {
  const test::TempFolder folder;
  for (const int channels : {1, 2, 3, 4}) {
    const Image image = noise(33, 16, channels);
    const std::string path = folder.file("a.png");
    REQUIRE(saveImage(path, image).ok());
    const auto again = loadImage(path);
    REQUIRE(again.ok());
    CHECK(*again == image);
  }
  Image flat(40, 24, 3);
  std::fill(flat.pixels.begin(), flat.pixels.end(), std::uint8_t{120});
  REQUIRE(saveImage(folder.file("a.JPG"), flat).ok());
  const auto again = loadImage(folder.file("a.JPG"));
  REQUIRE(again.ok());
  CHECK(largestDifference(*again, flat) <= 2);
  CHECK_FALSE(saveImage(folder.file("a.gif"), flat).ok());
}

TEST_CASE("a file that is cut anywhere is refused") {
  const test::TempFolder folder;
  for (const char* name : {"a.png", "a.jpg"}) {
    REQUIRE(saveImage(folder.file(name), noise(32, 32, 3)).ok());
    auto bytes = readFile(folder.file(name));
    REQUIRE(bytes.ok());
    for (std::size_t size = 0; size < bytes->size(); size += 7) {
      CAPTURE(name);
      CAPTURE(size);
      CHECK_FALSE(decodeImage(std::span(*bytes).first(size)).ok());
    }
    CHECK_FALSE(decodeImage(std::span(*bytes).first(bytes->size() - 1)).ok());
    CHECK(decodeImage(*bytes).ok());
  }
}

TEST_CASE("a damaged PNG is refused") {
  const test::TempFolder folder;
  REQUIRE(saveImage(folder.file("a.png"), noise(16, 16, 1)).ok());
  auto bytes = readFile(folder.file("a.png"));
  REQUIRE(bytes.ok());
  for (std::size_t i = 0; i < bytes->size(); ++i) {
    std::vector<std::byte> damaged = *bytes;
    damaged[i] ^= std::byte{1};
    CAPTURE(i);
    CHECK_FALSE(decodeImage(damaged).ok());
  }
}

TEST_CASE("a picture is turned upright as its EXIF orientation says") {
  // Stored: row 0 is 1 2 3, row 1 is 4 5 6.
  Image stored(3, 2, 1);
  stored.pixels = {1, 2, 3, 4, 5, 6};
  const std::vector<std::vector<std::uint8_t>> seen = {
      {1, 2, 3, 4, 5, 6}, {3, 2, 1, 6, 5, 4}, {6, 5, 4, 3, 2, 1}, {4, 5, 6, 1, 2, 3},
      {1, 4, 2, 5, 3, 6}, {4, 1, 5, 2, 6, 3}, {6, 3, 5, 2, 4, 1}, {3, 6, 2, 5, 1, 4}};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    CAPTURE(orientation);
    const Image image = upright(stored, orientation);
    CHECK(image.width == (orientation < 5 ? 3 : 2));
    CHECK(image.pixels == seen[static_cast<std::size_t>(orientation - 1)]);
  }
}

TEST_CASE("the EXIF orientation is found, and damage is harmless") {
  std::vector<unsigned char> jpeg = {
      0xFF, 0xD8, 0xFF, 0xE1, 0,    34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0,
      8,    0,    1,    0x01, 0x12, 0,  3,   0,   0,   0,   1, 0, 6,   0,   0, 0,  0, 0, 0};
  const auto orientation = [](const std::vector<unsigned char>& bytes) {
    return exifOrientation(std::as_bytes(std::span(bytes)));
  };
  CHECK(orientation(jpeg) == 6);
  for (std::size_t length = 0; length < jpeg.size(); ++length) {
    CHECK(orientation({jpeg.begin(), jpeg.begin() + static_cast<std::ptrdiff_t>(length)}) == 1);
  }
  jpeg[31] = 9;
  CHECK(orientation(jpeg) == 1);
}

TEST_CASE("sides have limits, and messages name them") {
  const test::TempFolder folder;
  const auto tryImage = [&](int width, int height) {
    REQUIRE(saveImage(folder.file("a.png"), Image(width, height, 1)).ok());
    return loadImage(folder.file("a.png"));
  };
  CHECK(tryImage(16, 16).ok());
  CHECK(tryImage(4096, 16).ok());
  const auto small = tryImage(15, 40);
  REQUIRE_FALSE(small.ok());
  CHECK(small.error().message.find("15x40, too small") != std::string::npos);
  CHECK(small.error().message.find(folder.file("a.png")) == 0);
  const auto large = tryImage(16, 4097);
  REQUIRE_FALSE(large.ok());
  CHECK(large.error().message.find("too large") != std::string::npos);
}

TEST_CASE("side by side shows three panels") {
  const Image image = noise(130, 16, 3);
  const auto sheet = sideBySide(image, resizeNearest(image, 260, 32));
  REQUIRE(sheet.ok());
  // The panel is 100x16 pixels of the original, doubled and then doubled again.
  CHECK(sheet->width == 3 * 400 + 4 * 12);
  // The first panel is nearest neighbour, the third is what was given: here the same.
  for (int x = 0; x < 400; ++x) {
    CHECK(std::equal(sheet->at(12 + x, 20), sheet->at(12 + x, 20) + 3,
                     sheet->at(12 + 2 * 412 + x, 20)));
  }
  CHECK_FALSE(sideBySide(image, resizeNearest(image, 261, 32)).ok());
  CHECK_FALSE(sideBySide(image, resizeNearest(image, 260, 48)).ok());
}

}  // namespace
}  // namespace glint::picture
