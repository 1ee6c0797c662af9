#include "core/base64.h"

#include <algorithm>
#include <cstdint>

namespace glint {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string toBase64(std::span<const std::byte> bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(bytes.size() - i, 3);
    std::uint32_t group = 0;
    for (std::size_t n = 0; n < 3; ++n) {
      group = group << 8 | (n < count ? std::to_integer<std::uint32_t>(bytes[i + n]) : 0U);
    }
    for (std::size_t n = 0; n < 4; ++n) {
      text += n <= count ? kAlphabet[group >> (18 - 6 * n) & 63] : '=';
    }
  }
  return text;
}

std::optional<std::vector<std::byte>> fromBase64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::vector<std::byte> bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    std::string_view quad = text.substr(i, 4);
    if (i + 4 == text.size()) quad = quad.substr(0, quad.find_last_not_of('=') + 1);
    if (quad.size() < 2) return std::nullopt;
    std::uint32_t group = 0;
    for (std::size_t n = 0; n < 4; ++n) {
      const std::size_t digit = n < quad.size() ? kAlphabet.find(quad[n]) : 0;
      if (digit == std::string_view::npos) return std::nullopt;
      group = group << 6 | static_cast<std::uint32_t>(digit);
    }
    const std::size_t count = quad.size() - 1;
    if ((group & ((1U << (24 - 8 * count)) - 1)) != 0) return std::nullopt;
    for (std::size_t n = 0; n < count; ++n) {
      bytes.push_back(static_cast<std::byte>(group >> (16 - 8 * n) & 255));
    }
  }
  return bytes;
}

}  // namespace glint
