#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace glint::events {

/// What is wrong with compressed data, and where.
struct Lz4Damage {
  std::size_t at = 0;  ///< bytes from the begin of the data
  std::string what;    ///< empty: nothing
};

/// Decodes LZ4 frames, one after the other, up to the end of `data`, and appends what they hold to
/// `decoded`, which gets at most `limit` bytes. Checksums are compared where frames have them.
/// Source: "LZ4 Frame Format Description" 1.6.2, "LZ4 Block Format Description".
Lz4Damage decodeLz4(std::span<const std::byte> data, std::size_t limit,
                    std::vector<std::byte>& decoded);

/// The checksum of LZ4 frames: XXH32 with seed 0. Source: "xxHash fast digest algorithm" 0.1.1.
std::uint32_t xxh32(std::span<const std::byte> data);

}  // namespace glint::events
