#include "core/json.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <iterator>
#include <optional>
#include <set>

#include <nlohmann/json.hpp>

namespace glint {
namespace {

constexpr std::size_t kMaxDepth = 64;

/// An iterator over the text that counts the bytes the parser has taken.
struct Cursor {
  using iterator_category = std::forward_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  const char* at = nullptr;
  std::size_t* taken = nullptr;

  reference operator*() const { return *at; }
  Cursor& operator++() {
    ++at;
    ++*taken;
    return *this;
  }
  bool operator==(const Cursor& other) const { return at == other.at; }
};

Error errorAt(std::size_t offset, const std::string& reason) {
  return {Errc::Format, "JSON error at byte " + std::to_string(offset) + ": " + reason};
}

/// The parser's message without its code, its line and column, and what it read last: that may be
/// long and need not be legal UTF-8.
std::string shortReason(std::string_view what) {
  constexpr std::size_t kMaxLength = 200;
  std::size_t start = what.find("syntax error");
  if (start == std::string_view::npos) {
    start = what.find("] ");
    start = start == std::string_view::npos ? 0 : start + 2;
  }
  what.remove_prefix(start);
  what = what.substr(0, what.find("; last read"));
  return std::string(what.substr(0, kMaxLength));
}

/// Receives the events of the parser and builds the value. The names of the events are given.
class Builder {
 public:
  Builder(std::string_view text, const std::size_t& taken) : text_(text), taken_(taken) {}

  bool null() { return add(Json()); }
  bool boolean(bool v) { return add(Json(v)); }
  bool number_integer(std::int64_t v) { return add(Json(v)); }
  bool number_unsigned(std::uint64_t v) {
    if (!std::in_range<std::int64_t>(v)) return failInteger(std::to_string(v));
    return add(Json(static_cast<std::int64_t>(v)));
  }
  bool number_float(double v, const std::string& token) {
    // The parser turns integers outside 64 bits into floating point.
    if (token.find_first_not_of("-0123456789") == std::string::npos) return failInteger(token);
    return add(Json(v));
  }
  bool string(std::string& v) { return add(Json(std::move(v))); }
  bool binary(nlohmann::json::binary_t&) { return fail(taken_, "unexpected binary value"); }
  bool start_object(std::size_t) { return open(false); }
  bool end_object() { return close(); }
  bool start_array(std::size_t) { return open(true); }
  bool end_array() { return close(); }
  bool key(std::string& v) {
    Frame& frame = frames_.back();
    if (!frame.keys.insert(v).second) return fail(taken_ - 1, "duplicate key '" + v + "'");
    frame.key = std::move(v);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& e) {
    // `position` counts the bytes read, the end of the text included.
    return fail(std::min(std::max<std::size_t>(position, 1) - 1, text_.size()),
                shortReason(e.what()));
  }

  /// Once: the value, or the error.
  Result<Json> take() {
    if (error_) return *std::move(error_);
    return std::move(root_);
  }

 private:
  struct Frame {
    bool isArray = false;
    Json::Array elements = {};
    Json::Object members = {};
    std::set<std::string> keys = {};
    std::string key = {};  // of the member to come
  };

  bool add(Json value) {
    if (frames_.empty()) {
      root_ = std::move(value);
    } else if (frames_.back().isArray) {
      frames_.back().elements.push_back(std::move(value));
    } else {
      frames_.back().members.emplace_back(std::move(frames_.back().key), std::move(value));
    }
    return true;
  }
  bool open(bool isArray) {
    if (frames_.size() == kMaxDepth) {
      return fail(taken_ - 1, "nested deeper than " + std::to_string(kMaxDepth));
    }
    frames_.push_back({.isArray = isArray});
    return true;
  }
  bool close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    return add(frame.isArray ? Json(std::move(frame.elements)) : Json(std::move(frame.members)));
  }
  bool fail(std::size_t offset, const std::string& reason) {
    error_ = errorAt(offset, reason);
    return false;
  }
  bool failInteger(const std::string& token) {
    constexpr std::size_t kMaxShown = 40;
    const std::string shown =
        token.size() <= kMaxShown ? token : token.substr(0, kMaxShown) + "...";
    // One byte past the number may have been read.
    return fail(text_.find_last_of("0123456789", taken_ - 1),
                "integer " + shown + " does not fit 64 bits with sign");
  }

  std::string_view text_;
  const std::size_t& taken_;
  std::vector<Frame> frames_;
  Json root_;
  std::optional<Error> error_;
};

}  // namespace

bool Json::asNumber(double& out) const {
  if (const std::int64_t* integer = asInt()) {
    out = static_cast<double>(*integer);
    return true;
  }
  const double* number = std::get_if<double>(&value_);
  if (number != nullptr) out = *number;
  return number != nullptr;
}

const Json* Json::find(std::string_view key) const {
  const Object* object = asObject();
  if (object == nullptr) return nullptr;
  const auto it = std::find_if(object->begin(), object->end(),
                               [key](const Member& member) { return member.first == key; });
  return it == object->end() ? nullptr : &it->second;
}

Json& Json::set(std::string key, Json value) {
  if (isNull()) value_ = Object{};
  Object* object = std::get_if<Object>(&value_);
  assert(object != nullptr && "set() on a value that is no object");
  if (object == nullptr) return *this;
  const auto it = std::find_if(object->begin(), object->end(),
                               [&key](const Member& member) { return member.first == key; });
  if (it != object->end()) {
    it->second = std::move(value);
  } else {
    object->emplace_back(std::move(key), std::move(value));
  }
  return *this;
}

Json& Json::push(Json value) {
  if (isNull()) value_ = Array{};
  Array* array = std::get_if<Array>(&value_);
  assert(array != nullptr && "push() on a value that is no array");
  if (array != nullptr) array->push_back(std::move(value));
  return *this;
}

std::string_view Json::kindName() const {
  constexpr std::string_view kNames[] = {"null",     "a boolean", "an integer", "a number",
                                         "a string", "an array",  "an object"};
  return kNames[value_.index()];
}

Result<Json> parseJson(std::string_view text) {
  // The parser would take a zero byte for the end of the text.
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
    return errorAt(zero, "zero byte");
  }
  std::size_t taken = 0;
  Builder builder(text, taken);
  const Cursor first{text.data(), &taken};
  const Cursor last{text.data() + text.size(), &taken};
  nlohmann::json::sax_parse(first, last, &builder);
  return builder.take();
}

}  // namespace glint
