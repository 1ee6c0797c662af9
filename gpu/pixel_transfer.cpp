#include "gpu/pixel_transfer.h"

#include <cassert>
#include <cstdint>
#include <cstring>
#include <string>

namespace glint::gpu {
namespace {

/// Narrows 32-bit channels, which hold values of the texel's own range.
template <typename T>
void narrow(const std::byte* wire, std::span<std::byte> out) {
  const std::size_t channels = out.size() / sizeof(T);
  for (std::size_t i = 0; i < channels; ++i) {
    std::uint32_t value;
    std::memcpy(&value, wire + i * sizeof value, sizeof value);
    const T narrowed = static_cast<T>(value);
    std::memcpy(out.data() + i * sizeof narrowed, &narrowed, sizeof narrowed);
  }
}

GLenum ownType(TexelFormat format) {
  switch (format) {
    case TexelFormat::Rgba16i:
      return GL_SHORT;
    case TexelFormat::Rgba32i:
      return GL_INT;
    default:
      return GL_UNSIGNED_BYTE;
  }
}

}  // namespace

PixelTransfer pixelTransfer(Context& context, TexelFormat format) {
  if (!isInteger(format)) return {GL_RGBA, GL_UNSIGNED_BYTE, 4};
  const GLenum own = ownType(format);
  GLint offered[2] = {0, 0};
  context.gl().getIntegerv(GL_IMPLEMENTATION_COLOR_READ_FORMAT, &offered[0]);
  context.gl().getIntegerv(GL_IMPLEMENTATION_COLOR_READ_TYPE, &offered[1]);
  const bool usable = format != TexelFormat::Rgba8ui || !context.needs(kWideReadOnSwiftShader);
  if (usable && offered[0] == GL_RGBA_INTEGER && offered[1] == static_cast<GLint>(own)) {
    return {GL_RGBA_INTEGER, own, bytesPerTexel(format)};
  }
  const GLenum wide = format == TexelFormat::Rgba8ui ? GL_UNSIGNED_INT : GL_INT;
  return {GL_RGBA_INTEGER, wide, 16};
}

void packTexels(TexelFormat format, const PixelTransfer& transfer, const std::byte* wire,
                std::span<std::byte> out) {
  if (transfer.wireBytes == bytesPerTexel(format)) {
    std::memcpy(out.data(), wire, out.size());
  } else if (format == TexelFormat::Rgba8ui) {
    narrow<std::uint8_t>(wire, out);
  } else {
    assert(format == TexelFormat::Rgba16i);
    narrow<std::int16_t>(wire, out);
  }
}

Status checkRead(const Framebuffer& framebuffer, int target, const Rect& rect) {
  if (target < 0 || target >= framebuffer.targets()) {
    return Error{Errc::Value, "target " + std::to_string(target) + " of a framebuffer with " +
                                  std::to_string(framebuffer.targets())};
  }
  if (!fitsIn(rect, framebuffer.width(), framebuffer.height())) {
    return Error{Errc::Value, "the rectangle " + toText(rect) + " to read is not within " +
                                  std::to_string(framebuffer.width()) + "x" +
                                  std::to_string(framebuffer.height())};
  }
  return {};
}

Status checkReadSize(TexelFormat format, const Rect& rect, std::size_t bytes) {
  const std::size_t expected = static_cast<std::size_t>(rect.width) *
                               static_cast<std::size_t>(rect.height) *
                               static_cast<std::size_t>(bytesPerTexel(format));
  if (bytes == expected) return {};
  return Error{Errc::Value, "reading " + toText(rect) + " texels of " +
                                std::string(formatName(format)) + " gives " +
                                std::to_string(expected) + " bytes, room for " +
                                std::to_string(bytes)};
}

void selectForRead(const Framebuffer& framebuffer, int target) {
  framebuffer.bind();
  Context& context = *framebuffer.context();
  if (context.es3()) {
    context.gl().readBuffer(GL_COLOR_ATTACHMENT0 + static_cast<GLenum>(target));
  }
}

}  // namespace glint::gpu
