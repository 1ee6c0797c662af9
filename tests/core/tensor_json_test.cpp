#include "core/tensor_json.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base64.h"

namespace glint {
namespace {

std::string encoded(const std::string& text) {
  return toBase64(std::as_bytes(std::span(text.data(), text.size())));
}

std::string errorOf(const std::string& text) {
  const Result<Json> json = parseJson(text);
  REQUIRE(json.ok());
  const Result<Tensor> tensor = tensorFromJson(*json);
  if (tensor.ok()) return "";
  CHECK(tensor.error().code == Errc::Format);
  return tensor.error().message;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("base64: the examples of RFC 4648") {
  const std::vector<std::pair<std::string, std::string>> examples{{"", ""},
                                                                  {"f", "Zg=="},
                                                                  {"fo", "Zm8="},
                                                                  {"foo", "Zm9v"},
                                                                  {"foob", "Zm9vYg=="},
                                                                  {"fooba", "Zm9vYmE="},
                                                                  {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : examples) {
    CHECK(encoded(plain) == text);
    const auto bytes = fromBase64(text);
    REQUIRE(bytes.has_value());
    CHECK(std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size()) == plain);
  }
}

TEST_CASE("base64: every byte; nothing but what toBase64 writes") {
  std::vector<std::byte> all(256);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::byte>(i);
  CHECK(fromBase64(toBase64(all)) == all);
  for (const char* text : {"Z", "Zg", "Zg=", "Zg= =", "====", "Z===", "Zh==", "Zm9=", "Zg==Zg==",
                           "Zm9\n", "Zm9*", "Zm-_"}) {
    CAPTURE(text);
    CHECK_FALSE(fromBase64(text).has_value());
  }
}

TEST_CASE("a tensor in JSON comes back bit for bit") {
  const std::uint32_t patterns[] = {0x00000000, 0x80000000, 0x00000001, 0x3DCCCCCD, 0x7FC00123};
  Tensor floats(DType::F32, Shape{5});
  std::memcpy(floats.bytes().data(), patterns, sizeof patterns);
  for (const Tensor& tensor : {floats, Tensor::of<std::int8_t>(Shape{2, 1, 2}, {-128, -1, 0, 127}),
                               Tensor::of<std::int64_t>(Shape{1}, {INT64_MIN}),
                               Tensor(DType::U8, Shape{0, 3}), Tensor(DType::F64, Shape{})}) {
    const Result<Json> json = parseJson(tensorToJson(tensor).dump());
    REQUIRE(json.ok());
    const Result<Tensor> again = tensorFromJson(*json);
    REQUIRE_MESSAGE(again.ok(), again.error().message);
    CHECK(*again == tensor);
  }
}

TEST_CASE("JSON that is no tensor") {
  CHECK(holds(errorOf("[]"), "legal: an object of dtype, shape and data"));
  CHECK(holds(errorOf(R"({"dtype":"int8","shape":[1],"data":"AA==","more":1})"), "an object of"));
  CHECK(holds(errorOf(R"({"dtype":"int9","shape":[1],"data":"AA=="})"), "'dtype' is \"int9\""));
  CHECK(holds(errorOf(R"({"dtype":"int8","shape":1,"data":"AA=="})"), "'shape' is 1"));
  CHECK(holds(errorOf(R"({"dtype":"int8","shape":[-1],"data":""})"), "'shape' is [-1]"));
  CHECK(holds(errorOf(R"({"dtype":"int8","shape":[1,1,1,1,1,1,1],"data":""})"), "at most 6"));
  CHECK(holds(errorOf(R"({"dtype":"int8","shape":[2147483648,2147483648],"data":""})"), "'shape'"));
  CHECK(holds(errorOf(R"({"dtype":"int8","shape":[1],"data":7})"), "'data' is 7"));
  CHECK(holds(errorOf(R"({"dtype":"int8","shape":[1],"data":"A"})"), "'data' is \"A\""));
  CHECK(errorOf(R"({"dtype":"int16","shape":[1],"data":"AA=="})") ==
        "'data' holds 1 bytes, but int16 [1] has 2");
}

}  // namespace glint
