#include <array>
#include <charconv>
#include <string_view>

#include "apps/glint/video/y4m_header.h"

namespace glint::video {
namespace {

constexpr std::string_view kMagic = "YUV4MPEG2";
constexpr int kMaxSide = 65536;

struct ColourSpace {
  std::string_view word;
  Chroma chroma;
};
constexpr std::array<ColourSpace, 9> kColourSpaces{{{"420jpeg", {2, 2}},
                                                    {"420mpeg2", {2, 2}},
                                                    {"420paldv", {2, 2}},
                                                    {"420", {2, 2}},
                                                    {"422", {2, 1}},
                                                    {"444", {1, 1}},
                                                    {"411", {4, 1}},
                                                    {"mono", {0, 0}},
                                                    {"440", {1, 2}}}};

Result<int> sideOf(std::string_view word) {
  int side = 0;
  const char* const last = word.data() + word.size();
  const auto [end, failure] = std::from_chars(word.data() + 1, last, side);
  if (failure == std::errc() && end == last && side >= 1 && side <= kMaxSide) return side;
  return Error{Errc::Format, "the header says '" + std::string(word) + "', legal: " + word[0] +
                                 " and a number from 1 to " + std::to_string(kMaxSide)};
}

Status setColour(std::string_view word, Format& format) {
  std::string legal;
  for (const ColourSpace& space : kColourSpaces) {
    if (word == space.word) {
      format.colour = word;
      format.chroma = space.chroma;
      return {};
    }
    legal += (legal.empty() ? "C" : ", C") + std::string(space.word);
  }
  return Error{Errc::Format, "colour space C" + std::string(word) + " is not read, legal: " +
                                 legal + "; with ffmpeg: -pix_fmt yuv420p"};
}

}  // namespace

std::int64_t Format::frameBytes() const {
  const auto chromaBytes = std::int64_t{chromaWidth(chroma, width)} * chromaHeight(chroma, height);
  return std::int64_t{width} * height + 2 * chromaBytes;
}

std::string Format::header() const {
  return std::string(kMagic) + " W" + std::to_string(width) + " H" + std::to_string(height) + " F" +
         rate + " C" + colour + rest;
}

Format formatOf(const Frame& frame) {
  Format format;
  format.width = frame.y.width;
  format.height = frame.y.height;
  format.chroma = frame.chroma;
  format.colour = frame.chroma.none() ? "mono" : "444";
  format.fullRange = true;
  format.rest = " Ip A1:1 XCOLORRANGE=FULL";
  return format;
}

Result<Format> parseHeader(std::string_view line) {
  if (line.substr(0, kMagic.size()) != kMagic ||
      (line.size() > kMagic.size() && line[kMagic.size()] != ' ')) {
    return Error{Errc::Format,
                 "does not begin with YUV4MPEG2: it is no film in Y4M; with ffmpeg: -f "
                 "yuv4mpegpipe -pix_fmt yuv420p -"};
  }
  Format format;
  for (std::size_t at = kMagic.size(); at < line.size();) {
    const std::size_t begin = line.find_first_not_of(' ', at);
    if (begin == std::string_view::npos) break;
    at = std::min(line.find(' ', begin), line.size());
    const std::string_view word = line.substr(begin, at - begin);
    const std::string_view value = word.substr(1);
    if (word[0] == 'W') {
      GLINT_ASSIGN(format.width, sideOf(word));
    } else if (word[0] == 'H') {
      GLINT_ASSIGN(format.height, sideOf(word));
    } else if (word[0] == 'C') {
      GLINT_TRY(setColour(value, format));
    } else if (word[0] == 'F') {
      format.rate = value;
    } else {
      if (word == "XCOLORRANGE=FULL") format.fullRange = true;
      format.rest += " " + std::string(word);
    }
  }
  if (format.width == 0 || format.height == 0) {
    return Error{Errc::Format, "the header '" + std::string(line.substr(0, 80)) +
                                   "' lacks the width or the height, such as W640 H480"};
  }
  return format;
}

}  // namespace glint::video
