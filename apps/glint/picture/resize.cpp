// Source: R. Keys, "Cubic convolution interpolation for digital image processing", 1981.
#include "apps/glint/picture/resize.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace glint::picture {
namespace {

double catmullRom(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

}  // namespace

Plane planeOf(const Image& image, int c) {
  Plane plane{image.width, image.height, {}};
  plane.values.resize(static_cast<std::size_t>(image.width) *
                      static_cast<std::size_t>(image.height));
  for (std::size_t i = 0; i < plane.values.size(); ++i) {
    plane.values[i] =
        image.pixels[i * static_cast<std::size_t>(image.channels) + static_cast<std::size_t>(c)];
  }
  return plane;
}

std::vector<Taps> bicubicTaps(int from, int to) {
  const double step = static_cast<double>(from) / to;
  const double widening = std::max(step, 1.0);
  const double support = 2 * widening;
  std::vector<Taps> all(static_cast<std::size_t>(to));
  for (int i = 0; i < to; ++i) {
    const double centre = (i + 0.5) * step;
    const int first = std::max(static_cast<int>(std::floor(centre - support + 0.5)), 0);
    const int end = std::min(static_cast<int>(std::floor(centre + support + 0.5)), from);
    std::vector<double> weights;
    double sum = 0;
    for (int p = first; p < end; ++p) {
      weights.push_back(catmullRom((p + 0.5 - centre) / widening));
      sum += weights.back();
    }
    Taps& taps = all[static_cast<std::size_t>(i)];
    taps.first = first;
    for (const double w : weights) taps.weights.push_back(static_cast<float>(w / sum));
  }
  return all;
}

BicubicRows::BicubicRows(const Plane& plane, int width, int height)
    : plane_(plane),
      columns_(bicubicTaps(plane.width, width)),
      rows_(bicubicTaps(plane.height, height)),
      mixed_(static_cast<std::size_t>(plane.width)),
      row_(static_cast<std::size_t>(width)) {}

const std::vector<float>& BicubicRows::row(int y) {
  const Taps& taps = rows_[static_cast<std::size_t>(y)];
  std::fill(mixed_.begin(), mixed_.end(), 0.f);
  for (std::size_t t = 0; t < taps.weights.size(); ++t) {
    const float* source = plane_.row(taps.first + static_cast<int>(t));
    for (std::size_t x = 0; x < mixed_.size(); ++x) mixed_[x] += taps.weights[t] * source[x];
  }
  for (std::size_t x = 0; x < row_.size(); ++x) {
    const Taps& across = columns_[x];
    float sum = 0;
    for (std::size_t t = 0; t < across.weights.size(); ++t) {
      sum += across.weights[t] * mixed_[static_cast<std::size_t>(across.first) + t];
    }
    row_[x] = sum;
  }
  return row_;
}

std::uint8_t toPixel(double value) {
  return static_cast<std::uint8_t>(std::clamp(std::floor(value + 0.5), 0.0, 255.0));
}

Image resizeBicubic(const Image& image, int width, int height) {
  Image out(width, height, image.channels);
  for (int c = 0; c < image.channels; ++c) {
    const Plane plane = planeOf(image, c);
    BicubicRows rows(plane, width, height);
    for (int y = 0; y < height; ++y) {
      const std::vector<float>& row = rows.row(y);
      for (int x = 0; x < width; ++x) {
        out.at(x, y)[c] = toPixel(static_cast<double>(row[static_cast<std::size_t>(x)]));
      }
    }
  }
  return out;
}

Image resizeNearest(const Image& image, int width, int height) {
  const auto source = [](int i, int from, int to) {
    return static_cast<int>((2 * std::int64_t{i} + 1) * from / (2 * std::int64_t{to}));
  };
  Image out(width, height, image.channels);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const std::uint8_t* from =
          image.at(source(x, image.width, width), source(y, image.height, height));
      std::copy_n(from, image.channels, out.at(x, y));
    }
  }
  return out;
}

Image crop(const Image& image, int left, int top, int width, int height) {
  Image out(width, height, image.channels);
  for (int y = 0; y < height; ++y) {
    std::memcpy(out.at(0, y), image.at(left, top + y),
                static_cast<std::size_t>(width) * static_cast<std::size_t>(image.channels));
  }
  return out;
}

}  // namespace glint::picture
