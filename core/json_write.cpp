#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <iterator>

#include "core/json.h"

namespace glint {
namespace {

/// The length of the well-formed UTF-8 sequence that `text` starts with; 0 if there is none.
/// Source: the Unicode standard, table 3-7.
std::size_t sequenceLength(std::string_view text) {
  const auto within = [text](std::size_t i, int lo, int hi) {
    return i < text.size() && static_cast<unsigned char>(text[i]) >= lo &&
           static_cast<unsigned char>(text[i]) <= hi;
  };
  const auto tail = [&within](std::size_t i) { return within(i, 0x80, 0xBF); };
  if (within(0, 0x00, 0x7F)) return 1;
  if (within(0, 0xC2, 0xDF)) return tail(1) ? 2 : 0;
  if (within(0, 0xE0, 0xEF)) {
    const int lo = within(0, 0xE0, 0xE0) ? 0xA0 : 0x80;
    const int hi = within(0, 0xED, 0xED) ? 0x9F : 0xBF;
    return within(1, lo, hi) && tail(2) ? 3 : 0;
  }
  if (within(0, 0xF0, 0xF4)) {
    const int lo = within(0, 0xF0, 0xF0) ? 0x90 : 0x80;
    const int hi = within(0, 0xF4, 0xF4) ? 0x8F : 0xBF;
    return within(1, lo, hi) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

void writeControl(std::string& out, char c) {
  constexpr std::string_view kNamed = "\b\f\n\r\t";
  constexpr std::string_view kHex = "0123456789abcdef";
  if (const std::size_t i = kNamed.find(c); i != std::string_view::npos) {
    out += '\\';
    out += "bfnrt"[i];
  } else {
    out += "\\u00";
    out += kHex[static_cast<unsigned char>(c) >> 4];
    out += kHex[static_cast<unsigned char>(c) & 15];
  }
}

/// What is written is always legal: a byte that is no UTF-8 becomes U+FFFD.
void writeString(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = sequenceLength(text.substr(i));
    if (length == 0) {
      out += "\uFFFD";
    } else if (length == 1 && static_cast<unsigned char>(text[i]) < 0x20) {
      writeControl(out, text[i]);
    } else {
      if (text[i] == '"' || text[i] == '\\') out += '\\';
      out += text.substr(i, length);
    }
    i += std::max<std::size_t>(length, 1);
  }
  out += '"';
}

/// The shortest text that reads back as the same number, and as floating point.
void writeDouble(std::string& out, double v) {
  if (!std::isfinite(v)) {
    out += "null";
    return;
  }
  char buffer[32];
  const std::to_chars_result end = std::to_chars(std::begin(buffer), std::end(buffer), v);
  const std::string_view digits(buffer, static_cast<std::size_t>(end.ptr - buffer));
  out += digits;
  if (digits.find_first_of(".e") == std::string_view::npos) out += ".0";
}

bool isContainer(const Json& value) { return value.asArray() || value.asObject(); }

/// Writes values; `indent` < 0 means compact.
struct Writer {
  int indent;
  std::string out = {};

  void newLine(int depth) {
    if (indent < 0) return;
    out += '\n';
    out.append(static_cast<std::size_t>(indent) * static_cast<std::size_t>(depth), ' ');
  }

  void write(const Json& value, int depth) {
    double number = 0;
    if (const bool* flag = value.asBool()) {
      out += *flag ? "true" : "false";
    } else if (const std::int64_t* integer = value.asInt()) {
      out += std::to_string(*integer);
    } else if (value.asNumber(number)) {
      writeDouble(out, number);
    } else if (const std::string* text = value.asString()) {
      writeString(out, *text);
    } else if (const Json::Array* array = value.asArray()) {
      writeArray(*array, depth);
    } else if (const Json::Object* object = value.asObject()) {
      writeObject(*object, depth);
    } else {
      out += "null";
    }
  }

  /// Elements that are no containers themselves share one line.
  void writeArray(const Json::Array& array, int depth) {
    const bool lines = std::any_of(array.begin(), array.end(), isContainer);
    out += '[';
    for (std::size_t i = 0; i < array.size(); ++i) {
      if (i > 0) out += lines || indent < 0 ? "," : ", ";
      if (lines) newLine(depth + 1);
      write(array[i], depth + 1);
    }
    if (lines) newLine(depth);
    out += ']';
  }

  void writeObject(const Json::Object& object, int depth) {
    out += '{';
    for (std::size_t i = 0; i < object.size(); ++i) {
      if (i > 0) out += ',';
      newLine(depth + 1);
      writeString(out, object[i].first);
      out += indent < 0 ? ":" : ": ";
      write(object[i].second, depth + 1);
    }
    if (!object.empty()) newLine(depth);
    out += '}';
  }
};

}  // namespace

std::string Json::dump(int indent) const {
  Writer writer{indent};
  writer.write(*this, 0);
  return std::move(writer.out);
}

}  // namespace glint
