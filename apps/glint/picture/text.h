#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "apps/glint/picture/image.h"

/// Letters and points in pictures. What lies outside of a picture is not drawn.
namespace glint::picture {

/// Red, green, blue; gray pictures take the first.
using Colour = std::array<std::uint8_t, 3>;

void setPixel(Image& image, int x, int y, Colour colour);

/// Writes `text` in letters of 5 by 7 pixels, `scale` times as large, with the corner at (x, y).
/// Characters beyond ASCII are written as '?'.
void drawText(Image& image, std::string_view text, int x, int y, int scale, Colour colour);
/// The extent of drawText in pixels.
int textWidth(std::string_view text, int scale);
int textHeight(int scale);

}  // namespace glint::picture
