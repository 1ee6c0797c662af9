#include "core/result.h"

#include <memory>
#include <string>

#include <doctest/doctest.h>

namespace glint {
namespace {

Result<int> half(int v) {
  if (v % 2 != 0) return Error{Errc::Value, std::to_string(v) + " is odd"};
  return v / 2;
}

Result<int> quarter(int v) {
  GLINT_ASSIGN(const int once, half(v));
  GLINT_ASSIGN(const int twice, half(once));
  return twice;
}

Status checkEven(int v, int& calls) {
  GLINT_TRY(half(v));
  ++calls;
  return {};
}

}  // namespace

TEST_CASE("a result holds a value or an error") {
  const Result<int> good = half(6);
  REQUIRE(good.ok());
  CHECK(static_cast<bool>(good));
  CHECK(*good == 3);
  CHECK(good.value() == 3);

  const Result<int> bad = half(7);
  REQUIRE_FALSE(bad.ok());
  CHECK_FALSE(static_cast<bool>(bad));
  CHECK(bad.error().code == Errc::Value);
  CHECK(bad.error().message == "7 is odd");
}

TEST_CASE("a result of a text tells it from an error") {
  Result<std::string> text(std::string("abc"));
  REQUIRE(text.ok());
  CHECK(text->size() == 3);
  *text += "d";
  CHECK(*text == "abcd");
}

TEST_CASE("a value that can only be moved moves out") {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(5));
  REQUIRE(result.ok());
  const std::unique_ptr<int> taken = std::move(result).value();
  CHECK(*taken == 5);
}

TEST_CASE("GLINT_ASSIGN goes on with the value or returns the error") {
  CHECK(*quarter(12) == 3);
  CHECK(quarter(7).error().message == "7 is odd");
  CHECK(quarter(6).error().message == "3 is odd");
}

TEST_CASE("GLINT_TRY goes on or returns the error") {
  int calls = 0;
  CHECK(checkEven(2, calls).ok());
  CHECK(calls == 1);
  const Status status = checkEven(3, calls);
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().code == Errc::Value);
  CHECK(calls == 1);
}

TEST_CASE("within() puts the place in front and keeps the code") {
  const Error error = within("file 'a'", within("layer 'b'", {Errc::Type, "no"}));
  CHECK(error.code == Errc::Type);
  CHECK(error.message == "file 'a': layer 'b': no");
}

TEST_CASE("every code belongs to an exception class") {
  CHECK(std::string(errorClass(Errc::Type)) == "TypeError");
  CHECK(std::string(errorClass(Errc::Value)) == "ValueError");
  for (Errc code : {Errc::Runtime, Errc::File, Errc::Format, Errc::Unsupported, Errc::Driver}) {
    CHECK(std::string(errorClass(code)) == "RuntimeError");
  }
}

}  // namespace glint
