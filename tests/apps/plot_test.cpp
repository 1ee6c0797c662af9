#include "apps/glint/picture/plot.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <doctest/doctest.h>

using namespace glint;
using namespace glint::picture;

namespace {

/// How many pixels have this colour in the columns and rows given.
int countOf(const Image& image, Colour colour, int x0 = 0, int x1 = 1 << 20, int y0 = 0,
            int y1 = 1 << 20) {
  int count = 0;
  for (int y = y0; y < std::min(y1, image.height); ++y) {
    for (int x = x0; x < std::min(x1, image.width); ++x) {
      count += std::equal(colour.begin(), colour.end(), image.at(x, y)) ? 1 : 0;
    }
  }
  return count;
}

constexpr Colour kRed{255, 0, 0};

Plot oneSeries(std::vector<std::pair<double, double>> points) {
  Plot plot;
  plot.series.push_back({"", std::move(points), true, 5, kRed});
  return plot;
}

}  // namespace

TEST_CASE("every printable character has a letter of its own") {
  std::set<std::vector<std::uint8_t>> shapes;
  for (char c = ' '; c <= '~'; ++c) {
    Image image(5, 7, 1);
    drawText(image, std::string(1, c), 0, 0, 1, {255});
    CHECK((c == ' ') == std::all_of(image.pixels.begin(), image.pixels.end(),
                                    [](std::uint8_t v) { return v == 0; }));
    shapes.insert(image.pixels);
  }
  CHECK(shapes.size() == 95);
  Image known(5, 7, 1), foreign(5, 7, 1);
  drawText(known, "?", 0, 0, 1, {255});
  drawText(foreign, "\xC3", 0, 0, 1, {255});
  CHECK(known == foreign);
}

TEST_CASE("letters grow with their scale, and end at the picture's edge") {
  CHECK(textWidth("", 2) == 0);
  CHECK(textWidth("a", 2) == 10);
  CHECK(textWidth("ab", 3) == 33);
  CHECK(textHeight(3) == 21);
  Image small(5, 7, 3), large(10, 14, 3), clipped(4, 4, 3);
  drawText(small, "G", 0, 0, 1, kRed);
  drawText(large, "G", 0, 0, 2, kRed);
  drawText(clipped, "G", -2, -3, 1, kRed);
  CHECK(countOf(large, kRed) == 4 * countOf(small, kRed));
  CHECK(countOf(clipped, kRed) == countOf(small, kRed, 2, 5, 3, 7));
}

TEST_CASE("ticks are round numbers, as many as there is room for") {
  CHECK(ticksOf({0, 1}, 5) == std::vector<double>{0, 0.2, 0.4, 0.6000000000000001, 0.8, 1});
  CHECK(ticksOf({1, 20}, 5) == std::vector<double>{5, 10, 15, 20});
  CHECK(ticksOf({-3, 3}, 3) == std::vector<double>{-2, 0, 2});
  CHECK(ticksOf({4, 4}, 5).empty());
  for (double extent : {1e-6, 0.7, 3., 99., 12345.}) {
    CAPTURE(extent);
    const auto ticks = ticksOf({0, extent}, 6);
    CHECK((ticks.size() >= 2 && ticks.size() <= 7));
  }
}

TEST_CASE("a diagram has its points where the axes say") {
  const Image diagonal = drawPlot(oneSeries({{0, 0}, {1, 1}}));
  CHECK(diagonal.width == 640);
  CHECK(diagonal.channels == 3);
  // The line rises: ink of the left half lies lower than that of the right one.
  const int w = diagonal.width / 2, h = diagonal.height / 2;
  CHECK(countOf(diagonal, kRed, 0, w, h, 400) > 100);
  CHECK(countOf(diagonal, kRed, w, 640, 0, h) > 100);
  CHECK(countOf(diagonal, kRed, 0, w - 30, 0, h - 30) == 0);
  // Points without a line are their marks.
  Plot points = oneSeries({{0, 0}, {1, 1}, {2, 4}});
  points.series[0].line = false;
  points.series[0].mark = 3;
  CHECK(countOf(drawPlot(points), kRed) == 27);
  // What lies outside of given ranges, and what is no number, is left out.
  points.xRange = {{0, 1}};
  points.series[0].points.emplace_back(0.5, NAN);
  CHECK(countOf(drawPlot(points), kRed) == 18);
}

TEST_CASE("odd diagrams are drawn, too") {
  CHECK(drawPlot({}).height == 400);
  CHECK(countOf(drawPlot(oneSeries({{3, 3}})), kRed) == 25);
  Plot tiny = oneSeries({{0, 0}, {1, 1}});
  tiny.width = 1;
  tiny.height = 1;
  tiny.title = std::string(200, 'W');
  CHECK(drawPlot(tiny).width == 200);
  Plot labelled = oneSeries({{0, 0}, {1, 1}});
  labelled.series[0].label = "accuracy";
  CHECK(countOf(drawPlot(labelled), kRed) ==
        countOf(drawPlot(oneSeries({{0, 0}, {1, 1}})), kRed) + 49);
}
