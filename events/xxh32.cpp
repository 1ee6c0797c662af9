#include <array>
#include <bit>

#include "events/byte_stream.h"
#include "events/lz4.h"

namespace glint::events {
namespace {

constexpr std::uint32_t kPrime1 = 0x9E3779B1, kPrime2 = 0x85EBCA77, kPrime3 = 0xC2B2AE3D,
                        kPrime4 = 0x27D4EB2F, kPrime5 = 0x165667B1;

std::uint32_t turned(std::uint32_t sum, int by, std::uint32_t prime) {
  return std::rotl(sum, by) * prime;
}

}  // namespace

std::uint32_t xxh32(std::span<const std::byte> data) {
  std::array<std::uint32_t, 4> lanes{kPrime1 + kPrime2, kPrime2, 0, 0U - kPrime1};
  const auto length = static_cast<std::uint32_t>(data.size());
  std::uint32_t sum = kPrime5;
  if (data.size() >= 16) {
    for (; data.size() >= 16; data = data.subspan(16)) {
      for (std::size_t i = 0; i < 4; ++i) {
        const auto word = littleEndian<std::uint32_t>(data.data() + 4 * i);
        lanes[i] = turned(lanes[i] + word * kPrime2, 13, kPrime1);
      }
    }
    sum = std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) +
          std::rotl(lanes[3], 18);
  }
  sum += length;
  for (; data.size() >= 4; data = data.subspan(4)) {
    sum = turned(sum + littleEndian<std::uint32_t>(data.data()) * kPrime3, 17, kPrime4);
  }
  for (const std::byte byte : data) {
    sum = turned(sum + std::to_integer<std::uint32_t>(byte) * kPrime5, 11, kPrime1);
  }
  sum = (sum ^ (sum >> 15)) * kPrime2;
  sum = (sum ^ (sum >> 13)) * kPrime3;
  return sum ^ (sum >> 16);
}

}  // namespace glint::events
