#pragma once

#include <string>
#include <vector>

#include "apps/glint/picture/image.h"

/// A picture that shows what enlarging does: the same detail three ways, next to each other.
namespace glint::picture {

/// Nearest neighbour, bicubic and `enlarged` of the most detailed part of `original`, magnified
/// and labelled. `enlarged` is a whole multiple of `original`. Errors (Value): it is not.
Result<Image> sideBySide(const Image& original, const Image& enlarged);

/// Writes `text` in letters of 5 by 7 pixels, `scale` times as large, with the corner at (x, y).
/// Letters other than those of "nearest", "bicubic" and "Glint" are left blank.
void drawText(Image& image, const std::string& text, int x, int y, int scale, std::uint8_t value);
/// The width of drawText in pixels.
int textWidth(const std::string& text, int scale);

}  // namespace glint::picture
