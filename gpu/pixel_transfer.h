/// How texels of a format travel from the driver to the host; shared by both ways of readback.
#pragma once

#include <cstddef>
#include <span>

#include "gpu/framebuffer.h"

namespace glint::gpu {

/// The format and type to give to glReadPixels, and the bytes per texel it then writes. OpenGL ES
/// guarantees only 32-bit types for integer targets (ES 3.0, section 4.3.2), so these arrive wide
/// unless the driver's own choice is the texel's layout.
struct PixelTransfer {
  GLenum format = 0;
  GLenum type = 0;
  int wireBytes = 0;
};

/// How to read the target that is bound as read buffer.
PixelTransfer pixelTransfer(Context& context, TexelFormat format);

/// Packs texels as they came into texels of the format.
void packTexels(TexelFormat format, const PixelTransfer& transfer, const std::byte* wire,
                std::span<std::byte> out);

/// Checks target and rectangle. Errors: Value.
Status checkRead(const Framebuffer& framebuffer, int target, const Rect& rect);

/// Checks that `bytes` is the packed size of a rectangle. Errors: Value.
Status checkReadSize(TexelFormat format, const Rect& rect, std::size_t bytes);

/// Binds the framebuffer and selects the target for reading.
void selectForRead(const Framebuffer& framebuffer, int target);

}  // namespace glint::gpu
