#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/glint/picture/text.h"

/// Small diagrams: axes, lines, points, a legend.
namespace glint::picture {

/// Points of one kind.
struct Series {
  std::string label;                              ///< in the legend; empty: not there
  std::vector<std::pair<double, double>> points;  ///< x and y; others than numbers are left out
  bool line = true;                               ///< joined in their order
  int mark = 5;                                   ///< side of the square at each point; 0: none
  std::optional<Colour> colour;                   ///< empty: one of its own
};

struct Plot {
  std::string title, xLabel, yLabel;
  std::vector<Series> series;
  /// What the axes show; empty: all points.
  std::optional<std::pair<double, double>> xRange, yRange;
  int width = 640, height = 400;  ///< pixels, at least 200 x 150
};

/// Steps of 1, 2 or 5 times a power of ten, at most `most` of them, within the range.
std::vector<double> ticksOf(std::pair<double, double> range, int most);

/// Draws the diagram, in RGB on white.
Image drawPlot(const Plot& plot);

}  // namespace glint::picture
