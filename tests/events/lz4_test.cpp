#include "events/lz4.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/events/example_files.h"

namespace glint::events {
namespace {

using test::Bytes;
using test::Writer;

constexpr std::size_t kLimit = 1 << 20;

Bytes bytesOf(std::string_view text) { return Writer().text(text).done(); }

/// A frame of these blocks as they are; `flags` without checksums.
Bytes frame(const std::vector<Bytes>& blocks, unsigned flags = 0x40, bool stored = false) {
  const Bytes descriptor = Writer().little(flags, 1).little(0x40, 1).done();
  Writer file;
  file.little(0x184D2204, 4).bytes(descriptor).little(xxh32(descriptor) >> 8, 1);
  for (const Bytes& block : blocks) {
    file.little(block.size() | (stored ? 0x80000000U : 0U), 4).bytes(block);
    if ((flags & 0x10) != 0) file.little(xxh32(block), 4);
  }
  return file.little(0, 4).done();
}

std::string decoded(const Bytes& data) {
  Bytes out;
  const Lz4Damage damage = decodeLz4(data, kLimit, out);
  INFO(damage.what, " at ", damage.at);
  CHECK(damage.what.empty());
  return {reinterpret_cast<const char*>(out.data()), out.size()};
}

std::string damageOf(const Bytes& data, std::size_t limit = kLimit) {
  Bytes out;
  const Lz4Damage damage = decodeLz4(data, limit, out);
  CHECK_FALSE(damage.what.empty());
  CHECK(damage.at <= data.size());
  CHECK(out.size() <= limit);
  return damage.what;
}

bool has(const std::string& text, const char* part) {
  CAPTURE(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("xxh32 of texts whose sums are published") {
  CHECK(xxh32({}) == 0x02CC5D05);
  CHECK(xxh32(bytesOf("a")) == 0x550D7456);
  CHECK(xxh32(bytesOf("abc")) == 0x32D153FF);
  CHECK(xxh32(bytesOf("Nobody inspects the spammish repetition")) == 0xE2293B2F);
}

TEST_CASE("literals, matches that overlap, and long lengths") {
  CHECK(decoded(frame({bytesOf("\x30"
                               "abc")})) == "abc");
  // "ab", then six bytes from two back, then "c".
  const Bytes overlap = Writer()
                            .text(
                                "\x22"
                                "ab")
                            .little(2, 2)
                            .text(
                                "\x10"
                                "c")
                            .done();
  CHECK(decoded(frame({overlap})) ==
        "abababab"
        "c");
  // One literal, then 4 + 15 + 255 + 3 copies of it, then none.
  const Bytes run = Writer()
                        .text(
                            "\x1F"
                            "x")
                        .little(1, 2)
                        .little(255, 1)
                        .little(3, 1)
                        .little(0, 1)
                        .done();
  CHECK(decoded(frame({run})) == std::string(278, 'x'));
  // 15 + 255 + 0 literals.
  const Bytes many =
      Writer().little(0xF0, 1).little(255, 1).little(0, 1).text(std::string(270, 'y')).done();
  CHECK(decoded(frame({many})) == std::string(270, 'y'));
}

TEST_CASE("blocks reach back into those before only if they are linked") {
  const Bytes first = bytesOf(
      "\x50"
      "abcde");
  const Bytes second = Writer()
                           .little(0, 1)
                           .little(5, 2)
                           .text(
                               "\x10"
                               "f")
                           .done();
  CHECK(decoded(frame({first, second}, 0x40)) == "abcdeabcdf");
  CHECK(has(damageOf(frame({first, second}, 0x60)), "reaches before the first byte"));
}

TEST_CASE("stored blocks, checksums, skippable frames, one frame after the other") {
  const Bytes text = bytesOf("hello");
  CHECK(decoded(frame({text}, 0x50, true)) == "hello");
  Bytes wrong = frame({text}, 0x50, true);
  wrong[12] ^= std::byte{1};
  CHECK(has(damageOf(wrong), "the checksum of a block is wrong"));
  const Bytes skippable = Writer().little(0x184D2A53, 4).little(3, 4).text("xyz").done();
  CHECK(decoded(Writer()
                    .bytes(skippable)
                    .bytes(frame({text}, 0x40, true))
                    .bytes(frame({text}, 0x40, true))
                    .done()) == "hellohello");
}

TEST_CASE("the content's size and checksum are compared") {
  const auto sized = [](std::uint64_t size, std::uint32_t sum) {
    const Bytes descriptor = Writer().little(0x4C, 1).little(0x40, 1).little(size, 8).done();
    return Writer()
        .little(0x184D2204, 4)
        .bytes(descriptor)
        .little(xxh32(descriptor) >> 8, 1)
        .little(0x80000002U, 4)
        .text("hi")
        .little(0, 4)
        .little(sum, 4)
        .done();
  };
  CHECK(decoded(sized(2, xxh32(bytesOf("hi")))) == "hi");
  CHECK(has(damageOf(sized(3, xxh32(bytesOf("hi")))), "holds 2 bytes, its header says 3"));
  CHECK(has(damageOf(sized(2, 1)), "the checksum of a frame is wrong"));
}

TEST_CASE("damaged frames") {
  const Bytes good =
      frame({bytesOf("\x50"
                     "abcde")});
  for (std::size_t length = 0; length < good.size(); ++length) {
    damageOf({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length)});
  }
  Bytes header = good;
  header[6] ^= std::byte{1};
  CHECK(has(damageOf(header), "the checksum of a frame's header is wrong"));
  CHECK(has(damageOf(frame({bytesOf("\x10")})), "literals are cut"));
  CHECK(has(damageOf(frame({Writer()
                                .text("\x10"
                                      "a")
                                .little(0, 2)
                                .little(0, 1)
                                .done()})),
            "distance 0"));
  CHECK(has(damageOf(frame({Writer()
                                .text("\x10"
                                      "a")
                                .little(1, 2)
                                .done()})),
            "without literals"));
  CHECK(has(damageOf(good, 4), "too large"));
  Bytes bomb(60000, std::byte{255});
  bomb[0] = std::byte{0x1F};
  bomb[2] = std::byte{1};
  bomb[3] = std::byte{0};
  CHECK(has(damageOf(frame({bomb})), "cut"));
  bomb.back() = std::byte{0};
  CHECK(has(damageOf(frame({bomb})), "too large"));
}

}  // namespace glint::events
