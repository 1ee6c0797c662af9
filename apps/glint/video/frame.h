#pragma once

#include <cstdint>
#include <vector>

#include "apps/glint/picture/image.h"

/// Frames of films: luma and chroma, each a plane of its own.
namespace glint::video {

/// How many luma columns and rows share a chroma sample. 0, 0: there is no chroma.
struct Chroma {
  int columns = 2, rows = 2;

  bool none() const { return columns == 0; }
  bool operator==(const Chroma&) const = default;
};

/// One frame, 8 bits. Chroma planes have the rounded up part of the luma's extents.
struct Frame {
  picture::Image y, u, v;  ///< one channel each; u and v are empty without chroma
  Chroma chroma;
  bool fullRange = false;  ///< luma 0..255 rather than 16..235: matters for RGB only
};

/// Extents of the chroma planes of a frame of `width` by `height`.
int chromaWidth(const Chroma& chroma, int width);
int chromaHeight(const Chroma& chroma, int height);

/// RGB of BT.601; chroma is enlarged bicubically.
picture::Image rgbOf(const Frame& frame);

/// A picture, alpha left out, as a frame of full range: gray without chroma, colour with a sample
/// of chroma for each pixel.
Frame frameOf(const picture::Image& image);

/// `original` with another luma, one channel; where that has other extents, chroma is resized
/// bicubically.
Frame withLuma(const Frame& original, picture::Image luma);

}  // namespace glint::video
