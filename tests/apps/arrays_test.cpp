#include "apps/glint/arrays.h"

#include <doctest/doctest.h>

#include "apps/glint/output.h"
#include "core/table.h"

namespace glint::cli {
namespace {

TEST_CASE("npy files come back, whatever their type and rank") {
  for (const DType type : {DType::U8, DType::I8, DType::U16, DType::I16, DType::U32, DType::I32,
                           DType::I64, DType::F32, DType::F64}) {
    for (const Shape& shape : {Shape{5}, Shape{2, 3, 4}, Shape{1, 2, 3, 4, 5, 6}, Shape{0, 3}}) {
      Tensor tensor(type, shape);
      for (std::size_t i = 0; i < tensor.bytes().size(); ++i) {
        tensor.bytes()[i] = static_cast<std::byte>(i * 37 % 251);
      }
      const std::vector<std::byte> bytes = serializeNpy(tensor);
      CHECK((bytes.size() - tensor.bytes().size()) % 64 == 0);
      const auto again = parseNpy(bytes);
      REQUIRE(again.ok());
      CHECK(*again == tensor);
    }
  }
}

TEST_CASE("a damaged npy file is refused") {
  const std::vector<std::byte> bytes =
      serializeNpy(Tensor::of(Shape{2, 2}, std::vector<std::int32_t>{1, 2, 3, 4}));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CHECK_FALSE(parseNpy(std::span(bytes).first(size)).ok());
  }
  const auto changed = [&](std::string_view from, std::string_view to) {
    std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    text.replace(text.find(from), from.size(), to);
    return parseNpy(std::as_bytes(std::span(text.data(), text.size())));
  };
  CHECK_FALSE(changed("<i4", "<c8").ok());
  CHECK_FALSE(changed("False", "True ").ok());
  CHECK_FALSE(changed("(2, 2, )", "(2, 9, )").ok());
  CHECK_FALSE(changed("(2, 2, )", "(-2,-2,)").ok());
  CHECK_FALSE(changed("(2, 2, )", "(9999999").ok());
  CHECK_FALSE(changed("shape", "shepa").ok());
}

TEST_CASE("numbers are grouped and tables aligned") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(-999) == "-999");
  CHECK(grouped(-1000) == "-1,000");
  CHECK(grouped(1234567) == "1,234,567");
  Table table({"Name", ">Count"});
  table.row({"a", "10"});
  table.row({"bcdef", "7"});
  CHECK(table.toString() ==
        "____________\n"
        "Name   Count\n"
        "============\n"
        "a         10\n"
        "bcdef      7\n"
        "____________");
}

}  // namespace
}  // namespace glint::cli
