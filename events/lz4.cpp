#include "events/lz4.h"

#include <algorithm>
#include <optional>

#include "events/byte_stream.h"

namespace glint::events {
namespace {

constexpr std::uint32_t kMagic = 0x184D2204;
constexpr std::uint32_t kSkippable = 0x184D2A50;  // and the fifteen above it
constexpr std::size_t kLeastMatch = 4;            // bytes

class Decoder {
 public:
  Decoder(std::span<const std::byte> data, std::size_t limit, std::vector<std::byte>& decoded)
      : data_(data), limit_(limit), out_(decoded) {}

  Lz4Damage run() {
    do {
      if (!frame()) return {at_, what_};
    } while (at_ < data_.size());
    return {};
  }

 private:
  struct Descriptor {
    bool linked = false, blockSums = false, contentSum = false;
    std::optional<std::uint64_t> contentSize;
    std::size_t largestBlock = 0;  ///< bytes, decoded
  };

  bool fail(std::size_t at, std::string what) {
    at_ = at;
    what_ = std::move(what);
    return false;
  }
  std::size_t left() const { return data_.size() - at_; }

  template <typename T>
  bool number(T& value, const char* what) {
    if (left() < sizeof(T)) return fail(at_, std::string("the data ends within ") + what);
    value = littleEndian<T>(data_.data() + at_);
    at_ += sizeof(T);
    return true;
  }

  bool frame() {
    const std::size_t begin = at_;
    std::uint32_t magic = 0;
    if (!number(magic, "the mark of a frame")) return false;
    if ((magic & 0xFFFFFFF0U) == kSkippable) return skippable();
    if (magic != kMagic) return fail(begin, "no LZ4 frame begins here");
    Descriptor frame;
    const std::size_t content = out_.size();
    if (!descriptor(frame)) return false;
    for (;;) {
      std::uint32_t size = 0;
      if (!number(size, "the size of a block")) return false;
      if (size == 0) break;
      if (!block(frame, size, content)) return false;
    }
    return finish(frame, content);
  }

  bool skippable() {
    std::uint32_t size = 0;
    if (!number(size, "the size of a frame")) return false;
    if (size > left()) return fail(at_, "a frame runs past the end of the data");
    at_ += size;
    return true;
  }

  bool descriptor(Descriptor& frame) {
    const std::size_t begin = at_;
    std::uint8_t flags = 0, sizes = 0, sum = 0;
    if (!number(flags, "a frame's header") || !number(sizes, "a frame's header")) return false;
    if (flags >> 6 != 1 || (flags & 2) != 0 || (sizes & 0x8F) != 0 || sizes >> 4 < 4) {
      return fail(begin, "a version or a flag that LZ4 frames do not have");
    }
    if ((flags & 1) != 0) return fail(begin, "a frame with a dictionary, which is not here");
    frame.linked = (flags & 0x20) == 0;
    frame.blockSums = (flags & 0x10) != 0;
    frame.contentSum = (flags & 0x04) != 0;
    frame.largestBlock = std::size_t{1} << (8 + 2 * (sizes >> 4));
    if ((flags & 0x08) != 0) {
      std::uint64_t size = 0;
      if (!number(size, "the content's size")) return false;
      frame.contentSize = size;
    }
    const std::uint32_t expected = xxh32(data_.subspan(begin, at_ - begin)) >> 8 & 0xFF;
    if (!number(sum, "a frame's header")) return false;
    return sum == expected || fail(at_ - 1, "the checksum of a frame's header is wrong");
  }

  bool block(const Descriptor& frame, std::uint32_t size, std::size_t content) {
    const std::size_t begin = at_;
    const bool stored = size >> 31 != 0;
    size &= 0x7FFFFFFF;
    if (size > left()) return fail(begin, "a block runs past the end of the data");
    const std::span<const std::byte> packed = data_.subspan(begin, size);
    const std::size_t first = out_.size();
    end_ = std::min(first + frame.largestBlock, limit_);
    if (stored) {
      if (size > end_ - first) return fail(begin, "a block is larger than its frame allows");
      out_.insert(out_.end(), packed.begin(), packed.end());
    } else if (!sequences(packed, begin, frame.linked ? content : first)) {
      return false;
    }
    at_ = begin + size;
    if (!frame.blockSums) return true;
    std::uint32_t sum = 0;
    if (!number(sum, "a block's checksum")) return false;
    return sum == xxh32(packed) || fail(begin, "the checksum of a block is wrong");
  }

  /// Literals and matches; matches reach back to `oldest` in what is decoded.
  bool sequences(std::span<const std::byte> packed, std::size_t begin, std::size_t oldest) {
    std::size_t at = 0;
    const auto byte = [&] { return std::to_integer<std::size_t>(packed[at++]); };
    // A length of 15 goes on in bytes, up to the first that is not 255.
    const auto length = [&](std::size_t value) -> std::optional<std::size_t> {
      if (value < 15) return value;
      for (std::size_t more = 255; more == 255; value += more) {
        if (at == packed.size()) return {};
        more = byte();
      }
      return value;
    };
    while (at < packed.size()) {
      const std::size_t start = begin + at, token = byte();
      const auto literals = length(token >> 4);
      if (!literals || *literals > packed.size() - at) return fail(start, "literals are cut");
      if (*literals > end_ - out_.size()) return fail(start, "a block is too large");
      const auto from = packed.begin() + static_cast<std::ptrdiff_t>(at);
      out_.insert(out_.end(), from, from + static_cast<std::ptrdiff_t>(*literals));
      at += *literals;
      if (at == packed.size()) return true;  // the last sequence has no match
      if (packed.size() - at < 2) return fail(start, "the distance of a match is cut");
      const std::size_t distance = littleEndian<std::uint16_t>(packed.data() + at);
      at += 2;
      const auto match = length(token & 15);
      if (!match) return fail(start, "the length of a match is cut");
      if (distance == 0 || distance > out_.size() - oldest) {
        return fail(start, "a match of distance " + std::to_string(distance) +
                               " reaches before the first byte");
      }
      if (*match + kLeastMatch > end_ - out_.size()) return fail(start, "a block is too large");
      copy(distance, *match + kLeastMatch);
    }
    return fail(begin + at, "a block ends behind a match, without literals");
  }

  /// Byte by byte in effect: a match may overlap what it writes.
  void copy(std::size_t distance, std::size_t count) {
    const std::size_t to = out_.size();
    out_.resize(to + count);
    for (std::size_t i = 0; i < count; ++i) out_[to + i] = out_[to + i - distance];
  }

  bool finish(const Descriptor& frame, std::size_t content) {
    const std::size_t size = out_.size() - content;
    if (frame.contentSize && *frame.contentSize != size) {
      return fail(at_, "a frame holds " + std::to_string(size) + " bytes, its header says " +
                           std::to_string(*frame.contentSize));
    }
    if (!frame.contentSum) return true;
    std::uint32_t sum = 0;
    if (!number(sum, "a frame's checksum")) return false;
    return sum == xxh32(std::span<const std::byte>(out_).subspan(content)) ||
           fail(at_ - 4, "the checksum of a frame is wrong");
  }

  std::span<const std::byte> data_;
  std::size_t limit_;  ///< bytes of out_
  std::vector<std::byte>& out_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;  ///< to which out_ may grow in this block
  std::string what_;
};

}  // namespace

Lz4Damage decodeLz4(std::span<const std::byte> data, std::size_t limit,
                    std::vector<std::byte>& decoded) {
  return Decoder(data, decoded.size() + limit, decoded).run();
}

}  // namespace glint::events
