#pragma once

#include <vector>

#include "apps/glint/picture/image.h"

namespace glint::picture {

/// One channel in floating point, row by row.
struct Plane {
  int width = 0;
  int height = 0;
  std::vector<float> values;

  const float* row(int y) const {
    return values.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
  }
};

/// Channel `c` of a picture.
Plane planeOf(const Image& image, int c);

/// What one output position is made of: input positions from `first` on, with these weights.
struct Taps {
  int first = 0;
  std::vector<float> weights;
};

/// Catmull-Rom interpolation (a = -0.5) with half-pixel centres; when reducing, the kernel is
/// widened. Weights outside the axis are left out and the rest is normalised, as Pillow does.
std::vector<Taps> bicubicTaps(int from, int to);

/// A plane resized bicubically, row by row: large pictures never exist in floating point.
class BicubicRows {
 public:
  BicubicRows(const Plane& plane, int width, int height);
  /// Row `y` of the result, valid until the next call.
  const std::vector<float>& row(int y);

 private:
  const Plane& plane_;
  std::vector<Taps> columns_;
  std::vector<Taps> rows_;
  std::vector<float> mixed_;
  std::vector<float> row_;
};

/// Rounds to the nearest and clamps to 0..255.
std::uint8_t toPixel(double value);

Image resizeBicubic(const Image& image, int width, int height);
/// Each output pixel takes the input pixel its centre lies in.
Image resizeNearest(const Image& image, int width, int height);
/// The part of a picture; it must lie inside.
Image crop(const Image& image, int left, int top, int width, int height);

}  // namespace glint::picture
