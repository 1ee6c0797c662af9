#include "apps/glint/picture/plot.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace glint::picture {
namespace {

constexpr Colour kInk{32, 32, 32}, kGrid{224, 224, 224};
constexpr std::array<Colour, 6> kColours{
    {{31, 97, 164}, {209, 84, 22}, {36, 131, 66}, {124, 66, 150}, {160, 120, 0}, {90, 90, 90}}};
constexpr int kMargin = 10, kGap = 4;
constexpr int kTitleScale = 2, kTextScale = 1;
constexpr int kPixelsOfTick = 60;

using Range = std::pair<double, double>;

std::string numberText(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", std::abs(value) < 1e-12 ? 0. : value);
  return text;
}

bool isPoint(const std::pair<double, double>& point) {
  return std::isfinite(point.first) && std::isfinite(point.second);
}

/// What is given, or the range of one coordinate of all points; never empty.
template <typename Coordinate>
Range rangeOf(const Plot& plot, const std::optional<Range>& given, Coordinate&& coordinate) {
  Range range{INFINITY, -INFINITY};
  for (const Series& series : plot.series) {
    for (const auto& point : series.points) {
      if (!isPoint(point)) continue;
      range.first = std::min(range.first, coordinate(point));
      range.second = std::max(range.second, coordinate(point));
    }
  }
  if (given) range = *given;
  if (!(range.first <= range.second)) range = {0, 1};
  if (range.first == range.second) range = {range.first - .5, range.second + .5};
  return range;
}

void drawLine(Image& image, int x0, int y0, int x1, int y1, Colour colour) {
  const int steps = std::max({std::abs(x1 - x0), std::abs(y1 - y0), 1});
  for (int i = 0; i <= steps; ++i) {
    const double t = static_cast<double>(i) / steps;
    setPixel(image, static_cast<int>(std::lround(x0 + t * (x1 - x0))),
             static_cast<int>(std::lround(y0 + t * (y1 - y0))), colour);
  }
}

/// One diagram while it is drawn.
class Drawing {
 public:
  explicit Drawing(const Plot& plot)
      : plot_(plot),
        x_(rangeOf(plot, plot.xRange, [](const auto& point) { return point.first; })),
        y_(rangeOf(plot, plot.yRange, [](const auto& point) { return point.second; })),
        image_(std::max(plot.width, 200), std::max(plot.height, 150), 3) {
    std::fill(image_.pixels.begin(), image_.pixels.end(), std::uint8_t{255});
  }

  Image draw() {
    const int line = textHeight(kTextScale);
    top_ = kMargin + (plot_.title.empty() ? 0 : textHeight(kTitleScale) + 2 * kGap) +
           (plot_.yLabel.empty() ? 0 : line + 2 * kGap);
    bottom_ =
        image_.height - kMargin - line - 2 * kGap - (plot_.xLabel.empty() ? 0 : line + 2 * kGap);
    const std::vector<double> rows = ticksOf(y_, std::max((bottom_ - top_) / kPixelsOfTick, 2));
    int widest = 0;
    for (double v : rows) widest = std::max(widest, textWidth(numberText(v), kTextScale));
    left_ = kMargin + widest + 2 * kGap;
    right_ = image_.width - 2 * kMargin;
    drawAxes(rows);
    for (std::size_t i = 0; i < plot_.series.size(); ++i) {
      drawSeries(plot_.series[i], colourOf(i));
    }
    drawLegend();
    return std::move(image_);
  }

 private:
  int column(double x) const {
    return left_ + static_cast<int>(
                       std::lround((x - x_.first) / (x_.second - x_.first) * (right_ - left_)));
  }
  int row(double y) const {
    return bottom_ - static_cast<int>(
                         std::lround((y - y_.first) / (y_.second - y_.first) * (bottom_ - top_)));
  }
  Colour colourOf(std::size_t i) const {
    return plot_.series[i].colour.value_or(kColours[i % kColours.size()]);
  }

  void centred(const std::string& text, int middle, int y, int scale) {
    drawText(image_, text, middle - textWidth(text, scale) / 2, y, scale, kInk);
  }

  void drawAxes(const std::vector<double>& rows) {
    const int line = textHeight(kTextScale);
    for (double v : rows) {
      drawLine(image_, left_, row(v), right_, row(v), kGrid);
      const std::string text = numberText(v);
      drawText(image_, text, left_ - kGap - textWidth(text, kTextScale), row(v) - line / 2,
               kTextScale, kInk);
    }
    for (double v : ticksOf(x_, std::max((right_ - left_) / kPixelsOfTick, 2))) {
      drawLine(image_, column(v), bottom_, column(v), bottom_ + kGap, kInk);
      centred(numberText(v), column(v), bottom_ + 2 * kGap, kTextScale);
    }
    drawLine(image_, left_, top_, left_, bottom_, kInk);
    drawLine(image_, left_, bottom_, right_, bottom_, kInk);
    centred(plot_.title, image_.width / 2, kMargin, kTitleScale);
    drawText(image_, plot_.yLabel, kMargin, top_ - line - 2 * kGap, kTextScale, kInk);
    centred(plot_.xLabel, (left_ + right_) / 2, image_.height - kMargin - line, kTextScale);
  }

  bool inside(const std::pair<double, double>& point) const {
    return isPoint(point) && point.first >= x_.first && point.first <= x_.second &&
           point.second >= y_.first && point.second <= y_.second;
  }

  void drawMark(int x, int y, int side, Colour colour) {
    for (int dy = 0; dy < side; ++dy) {
      for (int dx = 0; dx < side; ++dx) {
        setPixel(image_, x + dx - side / 2, y + dy - side / 2, colour);
      }
    }
  }

  void drawSeries(const Series& series, Colour colour) {
    const std::pair<double, double>* before = nullptr;
    for (const auto& point : series.points) {
      if (!inside(point)) {
        before = nullptr;
        continue;
      }
      const int x = column(point.first), y = row(point.second);
      if (series.line && before != nullptr) {
        const int x0 = column(before->first), y0 = row(before->second);
        drawLine(image_, x0, y0, x, y, colour);
        drawLine(image_, x0, y0 + 1, x, y + 1, colour);
      }
      drawMark(x, y, series.mark, colour);
      before = &point;
    }
  }

  /// At the lower right, where curves that rise leave room.
  void drawLegend() {
    const int pitch = textHeight(kTextScale) + 2 * kGap;
    int y = bottom_ - kGap;
    for (std::size_t i = plot_.series.size(); i-- > 0;) {
      const std::string& label = plot_.series[i].label;
      if (label.empty()) continue;
      y -= pitch;
      const int x = right_ - kMargin - textWidth(label, kTextScale);
      drawText(image_, label, x, y, kTextScale, kInk);
      drawMark(x - kMargin, y + textHeight(kTextScale) / 2, textHeight(kTextScale), colourOf(i));
    }
  }

  const Plot& plot_;
  Range x_, y_;
  Image image_;
  int left_ = 0, right_ = 0, top_ = 0, bottom_ = 0;  ///< of the axes, in pixels
};

}  // namespace

std::vector<double> ticksOf(std::pair<double, double> range, int most) {
  const double extent = range.second - range.first;
  std::vector<double> ticks;
  if (!(extent > 0) || !std::isfinite(extent) || most < 1) return ticks;
  double step = std::pow(10., std::floor(std::log10(extent / most)));
  for (const double factor : {2., 2.5, 2.}) {
    if (extent / step <= most) break;
    step *= factor;
  }
  const double slack = 1e-9 * step;
  for (double i = std::ceil((range.first - slack) / step); i * step <= range.second + slack; ++i) {
    ticks.push_back(i * step);
  }
  return ticks;
}

Image drawPlot(const Plot& plot) { return Drawing(plot).draw(); }

}  // namespace glint::picture
