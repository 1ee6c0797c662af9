#include "apps/glint/picture/colour.h"

#include <optional>

#include "apps/glint/picture/resize.h"

namespace glint::picture {
namespace {

constexpr double kRed = 0.299, kGreen = 0.587, kBlue = 0.114;

/// Cb and Cr around 0, not rounded: B - Y and R - Y, to be exact, which saves two factors.
struct Chroma {
  Plane blue, red;
};

Chroma chromaOf(const Image& image) {
  const std::size_t count =
      static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height);
  Chroma chroma{{image.width, image.height, std::vector<float>(count)},
                {image.width, image.height, std::vector<float>(count)}};
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t* p = image.pixels.data() + i * static_cast<std::size_t>(image.channels);
    const double y = kRed * p[0] + kGreen * p[1] + kBlue * p[2];
    chroma.blue.values[i] = static_cast<float>(p[2] - y);
    chroma.red.values[i] = static_cast<float>(p[0] - y);
  }
  return chroma;
}

}  // namespace

Image lumaOf(const Image& image) {
  Image out(image.width, image.height, 1);
  for (std::size_t i = 0; i < out.pixels.size(); ++i) {
    const std::uint8_t* p = image.pixels.data() + i * static_cast<std::size_t>(image.channels);
    out.pixels[i] = image.hasColour() ? luma(p[0], p[1], p[2]) : p[0];
  }
  return out;
}

Image rgbOf(const Image& image) {
  Image out(image.width, image.height, 3);
  for (std::size_t i = 0; i < out.pixels.size() / 3; ++i) {
    const std::uint8_t* p = image.pixels.data() + i * static_cast<std::size_t>(image.channels);
    for (std::size_t c = 0; c < 3; ++c) out.pixels[3 * i + c] = image.hasColour() ? p[c] : p[0];
  }
  return out;
}

Image withLuma(const Image& original, const Image& enlarged) {
  Image out(enlarged.width, enlarged.height, original.channels);
  std::optional<Chroma> chroma;
  std::optional<BicubicRows> blues, reds, alphas;
  std::optional<Plane> alpha;
  if (original.hasColour()) {
    chroma = chromaOf(original);
    blues.emplace(chroma->blue, out.width, out.height);
    reds.emplace(chroma->red, out.width, out.height);
  }
  if (original.hasAlpha()) {
    alpha = planeOf(original, original.channels - 1);
    alphas.emplace(*alpha, out.width, out.height);
  }
  for (int y = 0; y < out.height; ++y) {
    const std::vector<float>* blue = blues ? &blues->row(y) : nullptr;
    const std::vector<float>* red = reds ? &reds->row(y) : nullptr;
    const std::vector<float>* a = alphas ? &alphas->row(y) : nullptr;
    for (int x = 0; x < out.width; ++x) {
      const auto i = static_cast<std::size_t>(x);
      const double light = *enlarged.at(x, y);
      std::uint8_t* p = out.at(x, y);
      p[0] = static_cast<std::uint8_t>(light);
      if (blue != nullptr) {
        const double b = static_cast<double>((*blue)[i]);
        const double r = static_cast<double>((*red)[i]);
        p[0] = toPixel(light + r);
        p[1] = toPixel(light - (kRed * r + kBlue * b) / kGreen);
        p[2] = toPixel(light + b);
      }
      if (a != nullptr) p[out.channels - 1] = toPixel(static_cast<double>((*a)[i]));
    }
  }
  return out;
}

}  // namespace glint::picture
