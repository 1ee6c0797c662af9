#pragma once

#include "apps/glint/picture/image.h"

/// Luma and chroma: networks that enlarge work on luma alone.
/// Source: ITU-R BT.601 weights, full range (as in JFIF).
namespace glint::picture {

/// 0.299 R + 0.587 G + 0.114 B, rounded to the nearest.
constexpr std::uint8_t luma(int r, int g, int b) {
  return static_cast<std::uint8_t>((299 * r + 587 * g + 114 * b + 500) / 1000);
}

/// One channel: luma of a colour picture, gray of the others.
Image lumaOf(const Image& image);

/// Three channels; alpha is left out.
Image rgbOf(const Image& image);

/// Replaces the luma of `original` by `enlarged` (one channel, of any size). Chroma and alpha are
/// enlarged bicubically. The result has the channels of `original`.
Image withLuma(const Image& original, const Image& enlarged);

}  // namespace glint::picture
