#include "core/json.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include <doctest/doctest.h>

#include "core/random.h"

namespace glint {
namespace {

constexpr std::string_view kSample =
    R"({"name":"a \"b\" \\ \u0001\n","list":[1,-2,3.5,true,false,null,[],{}],)"
    R"("nested":{"deep":[[["x"]]]},"unicode":"é€😀"})";

std::string errorOf(std::string_view text) {
  const Result<Json> result = parseJson(text);
  if (result.ok()) return "no error";
  return result.error().code == Errc::Format ? result.error().message : "wrong code";
}

bool startsWith(const std::string& text, std::string_view start) { return text.starts_with(start); }

std::string repeated(std::string_view part, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += part;
  return text;
}

/// Dumps and parses, both ways of dumping; the value must be the same.
void checkRoundTrip(const Json& value) {
  for (const int indent : {-1, 0, 2}) {
    const std::string text = value.dump(indent);
    CAPTURE(text);
    const Result<Json> again = parseJson(text);
    REQUIRE(again.ok());
    CHECK(*again == value);
    CHECK(again->dump(indent) == text);
  }
}

}  // namespace

TEST_CASE("every kind of value is read") {
  CHECK(parseJson("null")->isNull());
  CHECK(*parseJson("true")->asBool());
  CHECK_FALSE(*parseJson("false")->asBool());
  CHECK(*parseJson(" 42 ")->asInt() == 42);
  CHECK(*parseJson("-42")->asInt() == -42);
  CHECK(*parseJson("\"x\"")->asString() == "x");
  CHECK(parseJson("[]")->asArray()->empty());
  CHECK(parseJson("{}")->asObject()->empty());
  const Result<Json> number = parseJson("2.5");
  double v = 0;
  REQUIRE(number->asNumber(v));
  CHECK(v == 2.5);
  CHECK(number->asInt() == nullptr);
}

TEST_CASE("a reader that asks for another kind gets null") {
  const Json text("x");
  double v = 0;
  CHECK(text.asInt() == nullptr);
  CHECK(text.asBool() == nullptr);
  CHECK(text.asArray() == nullptr);
  CHECK(text.asObject() == nullptr);
  CHECK(text.find("x") == nullptr);
  CHECK_FALSE(text.asNumber(v));
  CHECK_FALSE(text.isNull());
  CHECK(Json(7).asNumber(v));
  CHECK(v == 7.0);
  CHECK(Json(1).asString() == nullptr);
}

TEST_CASE("kinds have names") {
  CHECK(Json().kindName() == "null");
  CHECK(Json(true).kindName() == "a boolean");
  CHECK(Json(1).kindName() == "an integer");
  CHECK(Json(1.5).kindName() == "a number");
  CHECK(Json("x").kindName() == "a string");
  CHECK(Json::array().kindName() == "an array");
  CHECK(Json::object().kindName() == "an object");
}

TEST_CASE("set and push build values") {
  Json value;
  value.set("b", 1).set("a", 2);
  value.set("b", 3);
  CHECK(value.dump() == R"({"b":3,"a":2})");
  CHECK(*value.find("b")->asInt() == 3);
  CHECK(value.find("c") == nullptr);

  Json list;
  list.push(1).push("x").push(Json());
  CHECK(list.dump() == R"([1,"x",null])");
  CHECK(Json::array().dump() == "[]");
  CHECK(Json::object().dump() == "{}");
}

TEST_CASE("members keep their order") {
  CHECK(parseJson(R"({"z":1,"a":2,"m":3})")->dump() == R"({"z":1,"a":2,"m":3})");
}

TEST_CASE("indented text") {
  Json value;
  value.set("shape", Json(Json::Array{1, 2})).set("empty", Json::object());
  value.set("list", Json(Json::Array{Json::object(), Json::array()}));
  CHECK(value.dump(2) ==
        "{\n  \"shape\": [1, 2],\n  \"empty\": {},\n  \"list\": [\n    {},\n    []\n  ]\n}");
}

TEST_CASE("strings are escaped") {
  using namespace std::string_literals;
  CHECK(Json("\" \\ / \b\f\n\r\t").dump() == R"("\" \\ / \b\f\n\r\t")");
  CHECK(Json("\x01\x1f\x7f"s).dump() == "\"\\u0001\\u001f\x7f\"");
  CHECK(Json("a\0b"s).dump() == R"("a\u0000b")");
  CHECK(Json("é€😀").dump() == "\"é€😀\"");
  CHECK(*parseJson(R"("\u00e9\u20ac\ud83d\ude00\/")")->asString() == "é€😀/");
  CHECK(*parseJson(R"("a\u0000b")")->asString() == "a\0b"s);
}

TEST_CASE("what is no UTF-8 is replaced in the output and refused in the input") {
  // Alone, cut short, overlong, a surrogate, beyond the last code point.
  for (const char* bad : {"\x80", "\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xE2\x82",
                          "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF0\x9F\x98", "\xFF"}) {
    const std::string quoted = "\"" + std::string(bad) + "\"";
    CHECK(startsWith(errorOf(quoted), "JSON error at byte "));
    const std::string text = Json(bad).dump();
    REQUIRE(parseJson(text).ok());
    CHECK(text == "\"" + repeated("\uFFFD", static_cast<int>(std::string(bad).size())) + "\"");
  }
}

TEST_CASE("numbers are written shortest and read back the same") {
  CHECK(Json(1.0).dump() == "1.0");
  CHECK(Json(-0.0).dump() == "-0.0");
  CHECK(Json(0.1).dump() == "0.1");
  CHECK(Json(1e300).dump() == "1e+300");
  CHECK(Json(std::numeric_limits<double>::infinity()).dump() == "null");
  CHECK(Json(-std::numeric_limits<double>::infinity()).dump() == "null");
  CHECK(Json(std::numeric_limits<double>::quiet_NaN()).dump() == "null");
  CHECK(Json(std::numeric_limits<std::int64_t>::min()).dump() == "-9223372036854775808");
  CHECK(Json(std::numeric_limits<std::int64_t>::max()).dump() == "9223372036854775807");
  using Limits = std::numeric_limits<double>;
  for (const double v : {1.0, -0.0, 0.1, 1e22, 1e23, 123456789012345678.0, Limits::max(),
                         Limits::min(), Limits::denorm_min(), 2.0 / 3.0}) {
    checkRoundTrip(Json(v));
  }
  double zero = 1;
  REQUIRE(parseJson("-0.0")->asNumber(zero));
  CHECK(std::signbit(zero));
}

TEST_CASE("round trips of samples and of random numbers") {
  checkRoundTrip(*parseJson(kSample));
  Random random(31);
  for (int i = 0; i < 2000; ++i) {
    const std::uint64_t bits = random.next();
    double v = 0;
    std::memcpy(&v, &bits, sizeof v);
    if (std::isfinite(v)) checkRoundTrip(Json(v));
    checkRoundTrip(Json(static_cast<std::int64_t>(bits)));
  }
}

TEST_CASE("integers outside 64 bits with sign are refused") {
  CHECK(*parseJson("9223372036854775807")->asInt() == std::numeric_limits<std::int64_t>::max());
  CHECK(*parseJson("-9223372036854775808")->asInt() == std::numeric_limits<std::int64_t>::min());
  CHECK(errorOf("[9223372036854775808]") ==
        "JSON error at byte 19: integer 9223372036854775808 does not fit 64 bits with sign");
  CHECK(errorOf("18446744073709551615") ==
        "JSON error at byte 19: integer 18446744073709551615 does not fit 64 bits with sign");
  CHECK(errorOf("18446744073709551616") ==
        "JSON error at byte 19: integer 18446744073709551616 does not fit 64 bits with sign");
  CHECK(errorOf("-9223372036854775809 ") ==
        "JSON error at byte 19: integer -9223372036854775809 does not fit 64 bits with sign");
  CHECK(startsWith(errorOf(repeated("9", 1000)), "JSON error at byte "));
  CHECK(errorOf(repeated("9", 1000)).size() < 300);
  CHECK(startsWith(errorOf("1e999"), "JSON error at byte "));
}

TEST_CASE("errors tell the offset") {
  CHECK(startsWith(errorOf(""), "JSON error at byte 0: "));
  CHECK(startsWith(errorOf("   "), "JSON error at byte 3: "));
  CHECK(startsWith(errorOf("{]"), "JSON error at byte 1: "));
  CHECK(startsWith(errorOf("[1,]"), "JSON error at byte 3: "));
  CHECK(startsWith(errorOf("[1, x]"), "JSON error at byte 4: "));
  CHECK(startsWith(errorOf("{\"a\" 1}"), "JSON error at byte 5: "));
  CHECK(startsWith(errorOf("{} {}"), "JSON error at byte 3: "));
  CHECK(startsWith(errorOf("[1"), "JSON error at byte 2: "));
  CHECK(startsWith(errorOf("\"a\nb\""), "JSON error at byte 2: "));
  CHECK(startsWith(errorOf(std::string_view("{}\0", 3)), "JSON error at byte 2: "));
  CHECK(startsWith(errorOf(std::string_view("[\0]", 3)), "JSON error at byte 1: "));
}

TEST_CASE("an error message stays short and legal whatever the text") {
  const std::string message = errorOf("[\"" + repeated("\xFE", 1) + repeated("a", 100000));
  CHECK(message.size() < 300);
  CHECK(message.find('\xFE') == std::string::npos);
  CHECK(errorOf("[\"" + repeated("a", 100000)).size() < 300);
}

TEST_CASE("what is not JSON is refused") {
  for (const char* text :
       {"{a:1}",   "'a'",         "[1 2]",    "01",         "+1",      ".5",
        "1.",      "nan",         "Infinity", "0x10",       "// c\n1", "/* c */1",
        "\"\\x\"", "\"\\ud800\"", "{\"a\":}", "{\"a\":1,}", "tru",     "\"",
        "{",       "[[]",         "]",        ","}) {
    CAPTURE(text);
    CHECK(startsWith(errorOf(text), "JSON error at byte "));
  }
}

TEST_CASE("64 levels are read, 65 are refused") {
  CHECK(parseJson(repeated("[", 64) + repeated("]", 64)).ok());
  CHECK(errorOf(repeated("[", 65) + repeated("]", 65)) ==
        "JSON error at byte 64: nested deeper than 64");
  CHECK(parseJson(repeated("{\"a\":", 64) + "1" + repeated("}", 64)).ok());
  CHECK(startsWith(errorOf(repeated("{\"a\":", 65) + "1" + repeated("}", 65)),
                   "JSON error at byte 320: nested deeper"));
  CHECK(startsWith(errorOf(repeated("[", 1000000)), "JSON error at byte 64: "));
  CHECK(startsWith(errorOf(repeated("[{\"a\":", 100000)), "JSON error at byte "));
}

TEST_CASE("a key may occur once in an object") {
  CHECK(errorOf(R"({"a":1,"b":2,"a":3})") == "JSON error at byte 15: duplicate key 'a'");
  CHECK(startsWith(errorOf(R"([{"x":{"a":1,"\u0061":2}}])"), "JSON error at byte 20: dup"));
  CHECK(parseJson(R"({"a":{"a":1},"b":{"a":1}})").ok());
  CHECK(parseJson(R"([{"a":1},{"a":1}])").ok());
}

TEST_CASE("many members are read in good time") {
  Json::Object members;
  for (int i = 0; i < 100000; ++i) members.emplace_back(std::to_string(i), i);
  const Result<Json> value = parseJson(Json(std::move(members)).dump());
  REQUIRE(value.ok());
  CHECK(value->asObject()->size() == 100000);
}

TEST_CASE("a text cut short is an error at every byte") {
  REQUIRE(parseJson(kSample).ok());
  for (std::size_t length = 0; length < kSample.size(); ++length) {
    CAPTURE(length);
    CHECK(startsWith(errorOf(kSample.substr(0, length)), "JSON error at byte "));
  }
}

TEST_CASE("every byte changed to every other: an error or a value") {
  std::string text(kSample);
  for (char& c : text) {
    const char before = c;
    for (int v = 0; v < 256; ++v) {
      c = static_cast<char>(v);
      const Result<Json> value = parseJson(text);
      if (value.ok()) REQUIRE(parseJson(value->dump()).ok());
    }
    c = before;
  }
}

}  // namespace glint
