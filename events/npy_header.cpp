// Source: numpy.lib.format, versions 1.0 to 3.0: a magic, the length of the header, and the header,
// a Python dictionary with the keys 'descr', 'fortran_order' and 'shape'.
#include "events/npy_header.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>

namespace glint::events {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMostFields = 64;
constexpr std::size_t kLargestField = 65536;  // bytes

/// Reads the dictionary, from left to right.
class DictReader {
 public:
  DictReader(const ByteStream& stream, std::string_view text, std::uint64_t offset)
      : stream_(stream), text_(text), offset_(offset) {}

  Result<NpyHeader> read() {
    GLINT_TRY(expect('{'));
    while (!take('}')) {
      GLINT_ASSIGN(const std::string key, string());
      GLINT_TRY(expect(':'));
      GLINT_TRY(value(key));
      if (!take(',') && !peek('}')) return error("',' or '}' is missing");
    }
    if (header_.fields.empty()) return error("no 'descr'");
    if (!haveShape_) return error("no 'shape'");
    return std::move(header_);
  }

 private:
  Error error(const std::string& what) const {
    return stream_.damagedAt(offset_ + at_, "the .npy header is not understood: " + what);
  }
  void skipSpace() {
    while (at_ < text_.size() && std::strchr(" \t\r\n", text_[at_]) != nullptr) ++at_;
  }
  bool peek(char c) {
    skipSpace();
    return at_ < text_.size() && text_[at_] == c;
  }
  bool take(char c) {
    if (!peek(c)) return false;
    ++at_;
    return true;
  }
  Status expect(char c) {
    if (take(c)) return {};
    return error(std::string("'") + c + "' is missing");
  }

  Result<std::string> string() {
    if (!peek('\'') && !peek('"')) return error("a text in quotes is missing");
    const char quote = text_[at_++];
    const std::size_t end = text_.find(quote, at_);
    if (end == std::string_view::npos) return error("a text has no end");
    std::string text(text_.substr(at_, end - at_));
    at_ = end + 1;
    return text;
  }

  Status value(const std::string& key) {
    if (key == "descr") return descr();
    if (key == "shape") return shape();
    if (key == "fortran_order") {
      GLINT_ASSIGN(const std::string word, wordOf());
      if (word != "True" && word != "False") return error("'fortran_order' is no True or False");
      header_.fortranOrder = word == "True";
      return {};
    }
    return error("unknown key '" + key + "'");
  }

  Result<std::string> wordOf() {
    skipSpace();
    const std::size_t end = text_.find_first_of(",} ", at_);
    if (end == std::string_view::npos) return error("a value has no end");
    std::string word(text_.substr(at_, end - at_));
    at_ = end;
    return word;
  }

  /// '<i8', or [('x', '<i2'), ...].
  Status descr() {
    if (!header_.fields.empty()) return error("two keys 'descr'");
    if (!peek('[')) return field("");
    header_.structured = true;
    GLINT_TRY(expect('['));
    while (!take(']')) {
      GLINT_TRY(expect('('));
      GLINT_ASSIGN(const std::string name, string());
      GLINT_TRY(expect(','));
      GLINT_TRY(field(name));
      take(',');
      if (!take(')')) return error("field '" + name + "' is no single number");
      if (!take(',') && !peek(']')) return error("',' or ']' is missing");
    }
    if (header_.fields.empty()) return error("a record without fields");
    return {};
  }

  Status field(const std::string& name) {
    const std::size_t before = at_;
    GLINT_ASSIGN(const std::string type, string());
    NpyField field{name, 'i', 0, header_.recordSize, false};
    if (type.size() >= 2 && type[1] == 'O') {
      at_ = before;
      return error("object (pickle) data is refused: it could run code; save numbers");
    }
    const char* const end = type.data() + type.size();
    const bool mark = type.size() >= 3 && std::strchr("<>|=", type[0]) != nullptr;
    const auto [after, failure] = std::from_chars(type.data() + (mark ? 2 : 0), end, field.size);
    if (!mark || failure != std::errc() || after != end || field.size == 0 ||
        field.size > kLargestField || header_.fields.size() == kMostFields) {
      at_ = before;
      return error("type '" + type + "'");
    }
    field.kind = type[1];
    if (field.kind == 'U') field.size *= 4;  // text of four bytes a letter
    field.big = type[0] == '>';
    header_.recordSize += field.size;
    header_.fields.push_back(field);
    return {};
  }

  Status shape() {
    if (haveShape_) return error("two keys 'shape'");
    haveShape_ = true;
    GLINT_TRY(expect('('));
    while (!take(')')) {
      skipSpace();
      std::int64_t extent = 0;
      const char* const end = text_.data() + text_.size();
      const auto [after, failure] = std::from_chars(text_.data() + at_, end, extent);
      if (failure != std::errc() || extent < 0 || header_.shape.size() == 8) return error("shape");
      at_ = static_cast<std::size_t>(after - text_.data());
      header_.shape.push_back(extent);
      if (!take(',') && !peek(')')) return error("',' or ')' is missing in the shape");
    }
    return {};
  }

  const ByteStream& stream_;
  std::string_view text_;
  std::uint64_t offset_;  ///< of the text in the file
  std::size_t at_ = 0;
  bool haveShape_ = false;
  NpyHeader header_;
};

}  // namespace

Result<NpyHeader> readNpyHeader(ByteStream& stream) {
  GLINT_ASSIGN(const auto start, stream.peek(12));
  if (start.size() < kMagic.size() + 2 ||
      std::memcmp(start.data(), kMagic.data(), kMagic.size()) != 0) {
    return stream.damaged("not a NumPy file: it does not begin with \\x93NUMPY and a version");
  }
  const int version = std::to_integer<int>(start[6]);
  if (version < 1 || version > 3) {
    return stream.damagedAt(6, "version " + std::to_string(version) + " of .npy, legal: 1, 2, 3");
  }
  const std::size_t prefix = version == 1 ? 10 : 12;
  if (start.size() < prefix) return stream.damaged("the file ends within the header's length");
  const std::size_t length = version == 1 ? littleEndian<std::uint16_t>(start.data() + 8)
                                          : littleEndian<std::uint32_t>(start.data() + 8);
  stream.skip(prefix);
  GLINT_ASSIGN(const auto header, stream.peek(length));
  if (header.size() < length) {
    return stream.damagedAt(
        8, "the header runs past the end of the file: " + std::to_string(length) + " bytes, " +
               std::to_string(header.size()) + " are there");
  }
  const std::string_view text(reinterpret_cast<const char*>(header.data()), length);
  GLINT_ASSIGN(NpyHeader read, DictReader(stream, text, stream.offset()).read());
  stream.skip(length);
  return read;
}

}  // namespace glint::events
