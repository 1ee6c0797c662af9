#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "events/lz4.h"

namespace {

constexpr std::size_t kLimit = std::size_t{1} << 20;  // bytes

/// Any bytes are damaged at one of them, or frames; no more is decoded than allowed.
void check(std::span<const std::byte> data) {
  std::vector<std::byte> decoded;
  const glint::events::Lz4Damage damage = glint::events::decodeLz4(data, kLimit, decoded);
  if (decoded.size() > kLimit || (!damage.what.empty() && damage.at > data.size())) std::abort();
}

/// A frame whose header is right, around a block: spares the search for checksums.
std::vector<std::byte> framed(std::span<const std::byte> block) {
  constexpr std::uint8_t kFlags[] = {0x40, 0x40};
  const std::span<const std::byte> flags = std::as_bytes(std::span(kFlags));
  std::vector<std::byte> frame{std::byte{0x04}, std::byte{0x22}, std::byte{0x4D}, std::byte{0x18}};
  frame.insert(frame.end(), flags.begin(), flags.end());
  frame.push_back(static_cast<std::byte>(glint::events::xxh32(flags) >> 8));
  for (int i = 0; i < 4; ++i) frame.push_back(static_cast<std::byte>(block.size() >> (8 * i)));
  frame.insert(frame.end(), block.begin(), block.end());
  frame.insert(frame.end(), 4, std::byte{0});
  return frame;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> input = std::as_bytes(std::span(data, size));
  check(input);
  check(framed(input));
  return 0;
}
