#include "core/safetensors.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/file.h"
#include "tests/core/temp_folder.h"

namespace glint {
namespace {

using Bytes = std::vector<std::byte>;

/// A file image of `header` and `dataSize` bytes 0, 1, 2, ...
Bytes image(const std::string& header, std::size_t dataSize) {
  Bytes bytes(8 + header.size() + dataSize);
  const std::uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, 8);
  std::memcpy(bytes.data() + 8, header.data(), header.size());
  for (std::size_t i = 0; i < dataSize; ++i) {
    bytes[8 + header.size() + i] = static_cast<std::byte>(i);
  }
  return bytes;
}

std::string errorOf(const Bytes& bytes) {
  const Result<SafeTensors> result = parseSafeTensors(bytes);
  if (result.ok()) return "no error";
  return result.error().code == Errc::Format ? result.error().message : "wrong code";
}

/// The error of a file with one tensor 'w'.
std::string errorOfOne(const std::string& info, std::size_t dataSize) {
  return errorOf(image("{\"w\":" + info + "}", dataSize));
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

SafeTensors sample() {
  SafeTensors contents;
  contents.metadata = {{"format", "glint"}, {"text", "a \"b\"\n\xC3\xA9"}, {"", ""}};
  const Shape pair{2};
  contents.tensors.emplace("u8", Tensor::of(Shape{3}, std::vector<std::uint8_t>{1, 2, 255}));
  contents.tensors.emplace("i8", Tensor::of(Shape{3, 1}, std::vector<std::int8_t>{-128, 0, 127}));
  contents.tensors.emplace("u16", Tensor::of(pair, std::vector<std::uint16_t>{1, 65535}));
  contents.tensors.emplace("i16", Tensor::of(pair, std::vector<std::int16_t>{-32768, 1}));
  contents.tensors.emplace("u32", Tensor::of(pair, std::vector<std::uint32_t>{1, 4294967295u}));
  contents.tensors.emplace("i32", Tensor::of(pair, std::vector<std::int32_t>{-5, 5}));
  contents.tensors.emplace("i64", Tensor::of(pair, std::vector<std::int64_t>{-1, 1}));
  contents.tensors.emplace("f32", Tensor::of(pair, std::vector<float>{0.5f, -0.0f}));
  contents.tensors.emplace("f64", Tensor::of(pair, std::vector<double>{0.1, 1e300}));
  contents.tensors.emplace("scalar", Tensor::of(Shape(), std::vector<std::int32_t>{7}));
  contents.tensors.emplace("empty", Tensor(DType::F32, Shape{4, 0}));
  contents.tensors.emplace("six", Tensor(DType::U8, Shape{1, 2, 1, 2, 1, 2}));
  contents.tensors.emplace("odd \"name\" \xE2\x82\xAC", Tensor(DType::I8, Shape{1}));
  return contents;
}

bool equal(const SafeTensors& a, const SafeTensors& b) {
  return a.tensors == b.tensors && a.metadata == b.metadata;
}

}  // namespace

TEST_CASE("what is written is read") {
  const SafeTensors contents = sample();
  const Bytes bytes = serializeSafeTensors(contents);
  const Result<SafeTensors> again = parseSafeTensors(bytes);
  REQUIRE(again.ok());
  CHECK(equal(*again, contents));
  CHECK(serializeSafeTensors(*again) == bytes);
}

TEST_CASE("the bytes of a file, by hand") {
  SafeTensors contents;
  contents.metadata = {{"k", "v"}};
  contents.tensors.emplace("a", Tensor::of(Shape{2}, std::vector<std::uint8_t>{1, 2}));
  contents.tensors.emplace("b", Tensor::of(Shape{1, 1}, std::vector<std::int32_t>{-2}));
  std::string header =
      R"({"__metadata__":{"k":"v"},"b":{"dtype":"I32","shape":[1,1],"data_offsets":[0,4]},)"
      R"("a":{"dtype":"U8","shape":[2],"data_offsets":[4,6]}})";
  while (header.size() % 8 != 0) header += ' ';
  Bytes expected = image(header, 0);
  for (const int v : {0xFE, 0xFF, 0xFF, 0xFF, 1, 2}) expected.push_back(static_cast<std::byte>(v));
  CHECK(serializeSafeTensors(contents) == expected);
}

TEST_CASE("no tensors at all") {
  const Bytes bytes = serializeSafeTensors({});
  CHECK(bytes == image("{}      ", 0));
  CHECK(equal(*parseSafeTensors(bytes), {}));
  CHECK(equal(*parseSafeTensors(image("{}", 0)), {}));
}

TEST_CASE("files of other writers: any order, spaces, members unknown to us") {
  const std::string header =
      R"({ "a": {"data_offsets":[2,6], "shape":[2], "dtype":"I16", "note":1},)"
      R"("b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}, "__metadata__":{}})";
  const Result<SafeTensors> contents = parseSafeTensors(image(header + "   ", 6));
  REQUIRE(contents.ok());
  CHECK(contents->tensors.at("a") == Tensor::of(Shape{2}, std::vector<std::int16_t>{0x302, 0x504}));
  CHECK(contents->tensors.at("b") == Tensor::of(Shape{2}, std::vector<std::uint8_t>{0, 1}));
  CHECK(contents->metadata.empty());
}

TEST_CASE("the length of the header") {
  CHECK(has(errorOf({}), "truncated: 0 bytes"));
  CHECK(has(errorOf(Bytes(7)), "truncated: 7 bytes"));
  CHECK(has(errorOf(Bytes(8)), "does not start with '{'"));
  for (const std::uint64_t length :
       {~std::uint64_t{0}, std::uint64_t{1} << 63, ~std::uint64_t{7}, std::uint64_t{100'000'001}}) {
    Bytes bytes = image("{}", 0);
    std::memcpy(bytes.data(), &length, 8);
    CHECK(errorOf(bytes) ==
          "header of " + std::to_string(length) + " bytes, at most 100000000 are allowed");
  }
  for (const std::uint64_t length : {std::uint64_t{3}, std::uint64_t{100'000'000}}) {
    Bytes bytes = image("{}", 0);
    std::memcpy(bytes.data(), &length, 8);
    CHECK(errorOf(bytes) ==
          "truncated: header of " + std::to_string(length) + " bytes in a file of 10 bytes");
  }
}

TEST_CASE("a header that is no JSON object") {
  CHECK(has(errorOf(image("[]", 0)), "does not start with '{'"));
  CHECK(has(errorOf(image(" {}", 0)), "does not start with '{'"));
  CHECK(has(errorOf(image("{", 0)), "header: JSON error at byte 1"));
  CHECK(has(errorOf(image("{}x", 0)), "header: JSON error at byte 2"));
  CHECK(has(errorOf(image(R"({"a":{},"a":{}})", 0)), "duplicate key 'a'"));
  CHECK(errorOf(image(R"({"w":3})", 0)) == "tensor 'w': 3 in place of an object");
}

TEST_CASE("metadata holds texts") {
  CHECK(errorOf(image(R"({"__metadata__":[]})", 0)) ==
        "__metadata__: an array in place of an object");
  CHECK(errorOf(image(R"({"__metadata__":{"k":1}})", 0)) ==
        "__metadata__: 'k' is 1, expected a string");
  CHECK(errorOf(image(R"({"__metadata__":{"k":{"a":"b"}}})", 0)) ==
        "__metadata__: 'k' is an object, expected a string");
}

TEST_CASE("dtypes that are not supported are named") {
  for (const char* type : {"BOOL", "F16", "BF16", "F8_E4M3", "U64", "u8", ""}) {
    CHECK(
        errorOfOne("{\"dtype\":\"" + std::string(type) + "\",\"shape\":[2],\"data_offsets\":[0,2]}",
                   2) == "tensor 'w': dtype '" + std::string(type) + "' is not supported");
  }
  CHECK(errorOfOne(R"({"shape":[2],"data_offsets":[0,2]})", 2) ==
        "tensor 'w': 'dtype' is missing or no string");
  CHECK(has(errorOfOne(R"({"dtype":1,"shape":[2],"data_offsets":[0,2]})", 2), "no string"));
}

TEST_CASE("shapes that are none") {
  const auto withShape = [](const std::string& shape) {
    return errorOfOne("{\"dtype\":\"U8\",\"shape\":" + shape + ",\"data_offsets\":[0,2]}", 2);
  };
  CHECK(withShape("[2]") == "no error");
  CHECK(withShape("2") == "tensor 'w': 'shape' is 2, expected an array");
  CHECK(has(withShape("[-2]"), "'shape' holds -2, expected an integer >= 0"));
  CHECK(has(withShape("[2.0]"), "'shape' holds a number"));
  CHECK(has(withShape("[\"2\"]"), "'shape' holds a string"));
  CHECK(has(withShape("[1,1,1,1,1,1,2]"), "'shape' has 7 elements, expected at most 6"));
  CHECK(has(errorOfOne(R"({"dtype":"U8","data_offsets":[0,2]})", 2), "'shape' is missing"));
}

TEST_CASE("shapes whose product overflows") {
  const auto withShape = [](const std::string& type, const std::string& shape) {
    return errorOfOne("{\"dtype\":\"" + type + "\",\"shape\":" + shape + ",\"data_offsets\":[0,0]}",
                      0);
  };
  CHECK(withShape("U8", "[0]") == "no error");
  CHECK(has(withShape("U8", "[9223372036854775807,2]"), "is too large"));
  CHECK(has(withShape("F64", "[1152921504606846976]"),
            "float64 of shape [1152921504606846976] is too large"));
  CHECK(has(withShape("U8", "[4294967296,4294967296]"), "is too large"));
  CHECK(has(withShape("U8", "[0,4294967296,4294967296]"), "is too large"));
  CHECK(has(withShape("U8", "[4294967296,4294967296,0]"), "is too large"));
  CHECK(has(withShape("U8", "[9223372036854775807]"), "takes 9223372036854775807 bytes"));
}

TEST_CASE("byte ranges that do not fit") {
  const auto withRange = [](const std::string& range) {
    return errorOfOne("{\"dtype\":\"I16\",\"shape\":[2],\"data_offsets\":" + range + "}", 4);
  };
  CHECK(withRange("[0,4]") == "no error");
  CHECK(withRange("[0,2]") ==
        "tensor 'w': byte range [0, 2) does not fit int16 of shape [2], which takes 4 bytes");
  CHECK(withRange("[4,0]") == "tensor 'w': byte range [4, 0) ends before it begins");
  CHECK(withRange("[1,5]") == "tensor 'w': byte range [1, 5) is out of the 4 bytes of data");
  CHECK(has(withRange("[9223372036854775803,9223372036854775807]"), "is out of the 4 bytes"));
  CHECK(has(withRange("[-1,3]"), "'data_offsets' holds -1"));
  CHECK(has(withRange("[0]"), "'data_offsets' has 1 elements, expected 2"));
  CHECK(has(withRange("[0,4,4]"), "'data_offsets' has 3 elements"));
  CHECK(has(withRange("{}"), "'data_offsets' is an object"));
  CHECK(has(withRange("[0,18446744073709551615]"), "does not fit 64 bits"));
  CHECK(has(errorOfOne(R"({"dtype":"U8","shape":[4]})", 4), "'data_offsets' is missing"));
}

TEST_CASE("byte ranges overlap, leave a hole, or end early") {
  const auto two = [](const std::string& a, const std::string& b, std::size_t dataSize) {
    const std::string head = R"({"dtype":"U8","shape":[4],"data_offsets":)";
    return errorOf(image("{\"a\":" + head + a + "},\"b\":" + head + b + "}}", dataSize));
  };
  CHECK(two("[0,4]", "[4,8]", 8) == "no error");
  CHECK(two("[4,8]", "[0,4]", 8) == "no error");
  CHECK(two("[0,4]", "[3,7]", 7) == "tensor 'b': byte range [3, 7) overlaps [0, 4) of tensor 'a'");
  CHECK(two("[0,4]", "[0,4]", 4) == "tensor 'b': byte range [0, 4) overlaps [0, 4) of tensor 'a'");
  CHECK(two("[0,4]", "[5,9]", 9) == "tensor 'b': byte range [5, 9) leaves a hole from byte 4");
  CHECK(two("[1,5]", "[5,9]", 9) == "tensor 'a': byte range [1, 5) leaves a hole from byte 0");
  CHECK(two("[0,4]", "[4,8]", 9) == "the tensors end at byte 8 of 9 bytes of data");
  CHECK(errorOf(image("{}", 1)) == "the tensors end at byte 0 of 1 bytes of data");
  CHECK(has(two("[0,4]", "[4,8]", 7), "is out of the 7 bytes of data"));
}

TEST_CASE("an empty tensor lies between others, not within one") {
  const std::string a = R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)";
  const std::string e = R"("e":{"dtype":"U8","shape":[0],"data_offsets":)";
  CHECK(errorOf(image(a + e + "[4,4]}}", 4)) == "no error");
  CHECK(errorOf(image(a + e + "[0,0]}}", 4)) == "no error");
  CHECK(has(errorOf(image(a + e + "[2,2]}}", 4)), "overlaps"));
}

TEST_CASE("a file cut short is an error at every byte") {
  const Bytes bytes = serializeSafeTensors(sample());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    // A copy of its own size, so that a read beyond it is noticed.
    const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
    CAPTURE(length);
    const std::string message = errorOf(cut);
    CHECK(message != "no error");
    CHECK(message != "wrong code");
  }
}

TEST_CASE("every byte changed: an error or a file") {
  Bytes bytes = serializeSafeTensors(sample());
  for (std::byte& byte : bytes) {
    const std::byte before = byte;
    for (const int mask : {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF}) {
      byte = before ^ static_cast<std::byte>(mask);
      const Result<SafeTensors> contents = parseSafeTensors(bytes);
      if (contents.ok()) {
        REQUIRE(equal(*parseSafeTensors(serializeSafeTensors(*contents)), *contents));
      } else {
        REQUIRE(contents.error().code == Errc::Format);
      }
    }
    byte = before;
  }
}

TEST_CASE("files are written and read, errors name the path") {
  const test::TempFolder folder;
  const std::string path = folder.file("m.safetensors");
  CHECK(readSafeTensors(path).error().code == Errc::File);
  CHECK(has(readSafeTensors(path).error().message, path));
  REQUIRE(writeSafeTensors(path, sample()).ok());
  const Result<SafeTensors> again = readSafeTensors(path);
  REQUIRE(again.ok());
  CHECK(equal(*again, sample()));

  REQUIRE(writeFile(path, Bytes(3)).ok());
  CHECK(readSafeTensors(path).error().code == Errc::Format);
  CHECK(readSafeTensors(path).error().message.starts_with(path + ": truncated"));
  CHECK(writeSafeTensors(folder.file("no/m"), sample()).error().code == Errc::File);
}

TEST_CASE("no tensor can have the name of the metadata") {
  const test::TempFolder folder;
  SafeTensors contents;
  contents.tensors.emplace("__metadata__", Tensor(DType::U8, Shape{1}));
  CHECK(writeSafeTensors(folder.file("m"), contents).error().code == Errc::Value);
  CHECK(folder.count() == 0);
}

}  // namespace glint
