// Source: Prophesee, Metavision SDK documentation, "Data encoding formats": RAW file header, DAT
// file format.
#include "events/prophesee_header.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace glint::events {
namespace {

constexpr std::size_t kLongestLine = 64 * 1024;  // bytes
constexpr int kLargestSide = 16384;              // pixels: coordinates have at most 14 bits

class HeaderReader {
 public:
  explicit HeaderReader(ByteStream& stream) : stream_(stream) {}

  Result<PropheseeHeader> read() {
    for (bool more = true; more;) {
      GLINT_ASSIGN(const auto start, stream_.peek(2));
      // Data may begin with '%' as well, hence the space.
      if (start.size() < 2 || start[0] != std::byte{'%'} || start[1] != std::byte{' '}) break;
      GLINT_ASSIGN(more, line());
    }
    if (raw_.empty() && !dat_) {
      return stream_.damagedAt(0, "no line '% evt' or '% format' (RAW) and none of a DAT file");
    }
    header_.format = raw_.empty() ? Format::Dat : raw_ == "EVT2" ? Format::Evt2 : Format::Evt3;
    return header_;
  }

 private:
  /// One line; false if it was the last.
  Result<bool> line() {
    GLINT_ASSIGN(const auto bytes, stream_.peek(kLongestLine));
    const auto end = std::find(bytes.begin(), bytes.end(), std::byte{'\n'});
    if (end == bytes.end()) return stream_.damaged("the header has no end: this line has none");
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()),
                                static_cast<std::size_t>(end - bytes.begin()));
    GLINT_ASSIGN(const bool more, meaning(trimmed(text.substr(1))));
    stream_.skip(text.size() + 1);
    return more;
  }

  static std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
  }

  Result<bool> meaning(std::string_view text) {
    const std::string_view key = text.substr(0, text.find(' '));
    const std::string_view value = trimmed(text.substr(key.size()));
    if (key == "end") return false;
    if (key == "evt") GLINT_TRY(rawFormat("EVT" + std::string(value)));
    if (key == "format") GLINT_TRY(formatLine(value));
    if (key == "geometry") GLINT_TRY(geometry(value));
    if (key == "Width" || key == "width") GLINT_TRY(side(value, header_.width));
    if (key == "Height" || key == "height") GLINT_TRY(side(value, header_.height));
    if (key == "Data" || key == "Version") dat_ = true;
    if (key == "Version" && value != "2") {
      return stream_.damaged("DAT version '" + std::string(value) + "', legal: 2");
    }
    return true;
  }

  /// "2.0" and "EVT2" name one format.
  Status rawFormat(std::string text) {
    if (text.ends_with(".0")) text.resize(text.size() - 2);
    if (text != "EVT2" && text != "EVT3") {
      Error error = stream_.damaged("unknown raw format '" + text + "', legal: EVT2, EVT3");
      if (text == "EVT2.1" || text == "EVT21" || text == "EVT4") error.code = Errc::Unsupported;
      return error;
    }
    if (!raw_.empty() && raw_ != text) {
      return stream_.damaged("the format is " + text + " here and " + raw_ + " in a line before");
    }
    raw_ = text;
    return {};
  }

  /// "EVT3;height=480;width=640"
  Status formatLine(std::string_view value) {
    for (bool first = true; !value.empty(); first = false) {
      const std::string_view part = value.substr(0, value.find(';'));
      value.remove_prefix(std::min(part.size() + 1, value.size()));
      const std::size_t equals = part.find('=');
      if (first) GLINT_TRY(rawFormat(std::string(part)));
      if (equals == std::string_view::npos) continue;
      const std::string_view key = part.substr(0, equals), number = part.substr(equals + 1);
      if (key == "width") GLINT_TRY(side(number, header_.width));
      if (key == "height") GLINT_TRY(side(number, header_.height));
    }
    return {};
  }

  Status geometry(std::string_view value) {
    const std::size_t by = value.find('x');
    if (by == std::string_view::npos) {
      return stream_.damaged("geometry '" + std::string(value) + "', legal: WIDTHxHEIGHT");
    }
    GLINT_TRY(side(value.substr(0, by), header_.width));
    return side(value.substr(by + 1), header_.height);
  }

  Status side(std::string_view text, int& side) const {
    int value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size() || value < 1 ||
        value > kLargestSide) {
      return stream_.damaged("'" + std::string(text) + "' is no side of a sensor, legal: 1 to " +
                             std::to_string(kLargestSide));
    }
    side = value;
    return {};
  }

  ByteStream& stream_;
  PropheseeHeader header_;
  std::string raw_;  ///< "EVT2", "EVT3" or empty
  bool dat_ = false;
};

}  // namespace

Result<PropheseeHeader> readPropheseeHeader(ByteStream& stream) {
  return HeaderReader(stream).read();
}

}  // namespace glint::events
