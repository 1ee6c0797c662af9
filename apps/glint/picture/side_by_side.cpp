#include "apps/glint/picture/side_by_side.h"

#include <algorithm>
#include <array>
#include <utility>

#include "apps/glint/picture/colour.h"
#include "apps/glint/picture/resize.h"
#include "apps/glint/picture/text.h"

namespace glint::picture {
namespace {

constexpr int kPanel = 400;   ///< about the width of a panel, in pixels
constexpr int kDetail = 100;  ///< most pixels of the original that a panel shows
constexpr int kGap = 12;
constexpr int kTextScale = 2;
constexpr int kTextRow = 7 * kTextScale + 2 * kGap;
constexpr std::uint8_t kPaper = 255;
constexpr Colour kInk{32, 32, 32};

struct Part {
  int left = 0, top = 0, width = 0, height = 0;
};

/// The window of at most kDetail by kDetail pixels with the strongest edges. They are looked for in
/// a reduced picture, where outlines stay and fine texture is gone.
Part mostDetailed(const Image& original) {
  constexpr int kReduction = 4;
  Part best{0, 0, std::min(kDetail, original.width), std::min(kDetail, original.height)};
  const Image light =
      resizeBicubic(lumaOf(original), original.width / kReduction, original.height / kReduction);
  const int width = best.width / kReduction, height = best.height / kReduction;
  std::int64_t most = -1;
  constexpr int kStep = 2;
  for (int top = 0; top + height <= light.height; top += kStep) {
    for (int left = 0; left + width <= light.width; left += kStep) {
      std::int64_t sum = 0;
      for (int y = top; y + 1 < top + height; ++y) {
        for (int x = left; x + 1 < left + width; ++x) {
          const int across = *light.at(x + 1, y) - *light.at(x, y);
          const int down = *light.at(x, y + 1) - *light.at(x, y);
          sum += across * across + down * down;
        }
      }
      if (sum <= most) continue;
      most = sum;
      best.left = left * kReduction;
      best.top = top * kReduction;
    }
  }
  return best;
}

/// The part, enlarged by `factor` as it looks inside of the whole.
template <typename Resize>
Image enlargedPart(const Image& original, const Part& part, int factor, Resize&& resize) {
  constexpr int kMargin = 4;
  const int left = std::max(part.left - kMargin, 0);
  const int top = std::max(part.top - kMargin, 0);
  const int right = std::min(part.left + part.width + kMargin, original.width);
  const int bottom = std::min(part.top + part.height + kMargin, original.height);
  const Image wider = crop(original, left, top, right - left, bottom - top);
  const Image large = resize(wider, wider.width * factor, wider.height * factor);
  return crop(large, (part.left - left) * factor, (part.top - top) * factor, part.width * factor,
              part.height * factor);
}

void paste(const Image& from, Image& to, int left, int top) {
  for (int y = 0; y < from.height; ++y) {
    std::copy_n(from.at(0, y), from.width * from.channels, to.at(left, top + y));
  }
}

}  // namespace

Result<Image> sideBySide(const Image& original, const Image& enlarged) {
  const int factor = enlarged.width / original.width;
  if (factor < 1 || enlarged.width != original.width * factor ||
      enlarged.height != original.height * factor) {
    return Error{Errc::Value,
                 "a comparison needs a result that is a whole multiple of the "
                 "picture, but " +
                     std::to_string(original.width) + "x" + std::to_string(original.height) +
                     " became " + std::to_string(enlarged.width) + "x" +
                     std::to_string(enlarged.height)};
  }
  const Part part = mostDetailed(original);
  const Image source = rgbOf(original);
  const Image result = crop(enlarged, part.left * factor, part.top * factor, part.width * factor,
                            part.height * factor);
  const std::array<std::pair<std::string, Image>, 3> panels{
      {{"nearest", enlargedPart(source, part, factor, resizeNearest)},
       {"bicubic", enlargedPart(source, part, factor, resizeBicubic)},
       {"Glint", rgbOf(result)}}};
  const int magnify = std::max(kPanel / (std::max(part.width, part.height) * factor), 1);
  const int width = part.width * factor * magnify, height = part.height * factor * magnify;
  Image sheet(3 * width + 4 * kGap, height + kGap + kTextRow, 3);
  std::fill(sheet.pixels.begin(), sheet.pixels.end(), kPaper);
  int left = kGap;
  for (const auto& [label, panel] : panels) {
    paste(resizeNearest(panel, width, height), sheet, left, kGap);
    drawText(sheet, label, left + std::max(width - textWidth(label, kTextScale), 0) / 2,
             height + 2 * kGap, kTextScale, kInk);
    left += width + kGap;
  }
  return sheet;
}

}  // namespace glint::picture
