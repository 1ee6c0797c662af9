#include <array>
#include <string_view>

#include "apps/glint/picture/side_by_side.h"

namespace glint::picture {
namespace {

constexpr int kColumns = 5, kRows = 7, kAdvance = 6;

/// Seven rows of five columns; '#' is ink.
struct Letter {
  char name;
  std::string_view rows;
};

constexpr std::array<Letter, 12> kLetters{{
    {'G', " ### #   ##    # ####   ##   # ### "},
    {'a', "           ###     # #####   # ####"},
    {'b', "#    #    # ## ##  ##   ##   ##### "},
    {'c', "           #### #    #    #     ###"},
    {'e', "           ### #   #######     ### "},
    {'i', "  #        ##    #    #    #   ### "},
    {'l', " ##    #    #    #    #    #   ### "},
    {'n', "          # ## ##  ##   ##   ##   #"},
    {'r', "          # ## ##  ##    #    #    "},
    {'s', "           #####     ###     ##### "},
    {'t', "  #    #   ###   #    #    #     ##"},
    {'u', "          #   ##   ##   ##  ## ## #"},
}};

constexpr bool complete() {
  for (const Letter& letter : kLetters) {
    if (letter.rows.size() != std::size_t{kColumns} * kRows) return false;
  }
  return true;
}
static_assert(complete());

void drawLetter(Image& image, const Letter& letter, int left, int top, int scale,
                std::uint8_t value) {
  for (int y = 0; y < kRows * scale; ++y) {
    for (int x = 0; x < kColumns * scale; ++x) {
      const auto cell = static_cast<std::size_t>(y / scale * kColumns + x / scale);
      if (letter.rows[cell] != '#') continue;
      if (left + x >= image.width || top + y >= image.height) continue;
      std::uint8_t* pixel = image.at(left + x, top + y);
      for (int c = 0; c < image.channels; ++c) pixel[c] = value;
    }
  }
}

}  // namespace

void drawText(Image& image, const std::string& text, int x, int y, int scale, std::uint8_t value) {
  for (const char c : text) {
    for (const Letter& letter : kLetters) {
      if (letter.name == c) drawLetter(image, letter, x, y, scale, value);
    }
    x += kAdvance * scale;
  }
}

int textWidth(const std::string& text, int scale) {
  return text.empty() ? 0 : (static_cast<int>(text.size()) * kAdvance - 1) * scale;
}

}  // namespace glint::picture
