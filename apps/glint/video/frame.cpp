#include "apps/glint/video/frame.h"

#include <utility>

#include "apps/glint/picture/colour.h"
#include "apps/glint/picture/resize.h"

/// Source: ITU-R BT.601-7, section 2.5; full range as in JFIF 1.02.
namespace glint::video {
namespace {

constexpr double kRed = 0.299, kGreen = 0.587, kBlue = 0.114;
constexpr double kMiddle = 128;

/// Codes per unit of luma and of chroma, and the code of black.
struct Range {
  double luma, chroma, black;
};
constexpr Range kFull{255, 255, 0}, kLimited{219, 224, 16};

picture::Image resized(const picture::Image& plane, int width, int height) {
  if (plane.width == width && plane.height == height) return plane;
  return picture::resizeBicubic(plane, width, height);
}

}  // namespace

int chromaWidth(const Chroma& chroma, int width) {
  return chroma.none() ? 0 : (width + chroma.columns - 1) / chroma.columns;
}

int chromaHeight(const Chroma& chroma, int height) {
  return chroma.none() ? 0 : (height + chroma.rows - 1) / chroma.rows;
}

picture::Image rgbOf(const Frame& frame) {
  const Range range = frame.fullRange ? kFull : kLimited;
  picture::Image rgb(frame.y.width, frame.y.height, 3);
  picture::Image u, v;
  if (!frame.chroma.none()) {
    u = resized(frame.u, frame.y.width, frame.y.height);
    v = resized(frame.v, frame.y.width, frame.y.height);
  }
  for (std::size_t i = 0; i < frame.y.pixels.size(); ++i) {
    const double y = (frame.y.pixels[i] - range.black) / range.luma;
    const double blue = u.pixels.empty() ? 0 : (u.pixels[i] - kMiddle) / range.chroma;
    const double red = v.pixels.empty() ? 0 : (v.pixels[i] - kMiddle) / range.chroma;
    // Luma is the weighted sum of all three: green is what red and blue leave of it.
    const double r = y + 2 * (1 - kRed) * red, b = y + 2 * (1 - kBlue) * blue;
    rgb.pixels[3 * i] = picture::toPixel(255 * r);
    rgb.pixels[3 * i + 1] = picture::toPixel(255 * (y - kRed * r - kBlue * b) / kGreen);
    rgb.pixels[3 * i + 2] = picture::toPixel(255 * b);
  }
  return rgb;
}

Frame frameOf(const picture::Image& image) {
  Frame frame;
  frame.fullRange = true;
  frame.y = picture::lumaOf(image);
  if (!image.hasColour()) {
    frame.chroma = {0, 0};
    return frame;
  }
  frame.chroma = {1, 1};
  frame.u = frame.v = picture::Image(image.width, image.height, 1);
  for (std::size_t i = 0; i < frame.y.pixels.size(); ++i) {
    const std::uint8_t* p = image.pixels.data() + i * static_cast<std::size_t>(image.channels);
    const double y = kRed * p[0] + kGreen * p[1] + kBlue * p[2];
    frame.u.pixels[i] = picture::toPixel(kMiddle + (p[2] - y) / (2 * (1 - kBlue)));
    frame.v.pixels[i] = picture::toPixel(kMiddle + (p[0] - y) / (2 * (1 - kRed)));
  }
  return frame;
}

Frame withLuma(const Frame& original, picture::Image luma) {
  Frame frame = original;
  if (!frame.chroma.none()) {
    const int width = chromaWidth(frame.chroma, luma.width);
    const int height = chromaHeight(frame.chroma, luma.height);
    frame.u = resized(original.u, width, height);
    frame.v = resized(original.v, width, height);
  }
  frame.y = std::move(luma);
  return frame;
}

}  // namespace glint::video
