#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "core/safetensors.h"

namespace {

/// Any image is an error or contents; contents are written as an image that reads back as the same.
void check(std::span<const std::byte> image) {
  const glint::Result<glint::SafeTensors> contents = glint::parseSafeTensors(image);
  if (!contents.ok()) {
    if (contents.error().code != glint::Errc::Format) std::abort();
    return;
  }
  const std::vector<std::byte> written = glint::serializeSafeTensors(*contents);
  const glint::Result<glint::SafeTensors> again = glint::parseSafeTensors(written);
  if (!again.ok() || again->tensors != contents->tensors || again->metadata != contents->metadata ||
      glint::serializeSafeTensors(*again) != written) {
    std::abort();
  }
}

/// The image whose header ends with the last '}' of `input`: spares the search for its length.
std::vector<std::byte> withLength(std::span<const std::byte> input) {
  const auto brace = std::find(input.rbegin(), input.rend(), static_cast<std::byte>('}'));
  const auto length = static_cast<std::uint64_t>(input.rend() - brace);
  std::vector<std::byte> image(sizeof length);
  std::memcpy(image.data(), &length, sizeof length);
  image.insert(image.end(), input.begin(), input.end());
  return image;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> input = std::as_bytes(std::span(data, size));
  check(input);
  check(withLength(input));
  return 0;
}
