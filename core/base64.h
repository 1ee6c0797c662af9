#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace glint {

/// Bytes as text of RFC 4648 section 4: the standard alphabet, padded with '='.
std::string toBase64(std::span<const std::byte> bytes);

/// The inverse; empty unless `text` is exactly what toBase64 writes: no line breaks, no missing
/// padding, no stray bits.
std::optional<std::vector<std::byte>> fromBase64(std::string_view text);

}  // namespace glint
