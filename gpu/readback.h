/// Readback that does not stall the caller.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "gpu/fence.h"
#include "gpu/framebuffer.h"
#include "gpu/pixel_transfer.h"

namespace glint::gpu {

/// One transfer from the GPU at a time, reusable: start(), later ready(), then finish(). Uses a
/// pixel pack buffer and a fence on ES 3; on ES 2 start() itself reads. Several may be under way.
class Readback {
 public:
  Readback() = default;
  explicit Readback(Context& context) : context_(&context) {}

  /// Orders a rectangle of one target, which may be drawn to again at once afterwards. Texels come
  /// packed as Texture::upload takes them.
  /// Errors: Value (target or rectangle), Runtime (a transfer is already under way), Driver.
  Status start(Framebuffer& framebuffer, int target, const Rect& rect);
  /// True when finish() will not wait; true when idle.
  bool ready() const;
  /// Waits if need be, then copies bytes() bytes. The object is idle again, also after an error.
  /// Errors: Value (size of out), Runtime (nothing under way), Driver.
  Status finish(std::span<std::byte> out);

  /// True between start() and finish().
  bool pending() const { return pending_; }
  /// Size of the transfer under way, bytes.
  std::size_t bytes() const { return bytes_; }

 private:
  Status startBuffered(Framebuffer& framebuffer, int target, const Rect& rect);
  Status finishBuffered(std::span<std::byte> out);

  Context* context_ = nullptr;
  Handle<ObjectKind::Buffer> buffer_;
  std::size_t capacity_ = 0;
  std::size_t wireBytes_ = 0;
  Fence fence_;
  std::vector<std::byte> copy_;
  PixelTransfer transfer_;
  TexelFormat format_ = TexelFormat::Rgba8;
  std::size_t bytes_ = 0;
  bool pending_ = false;
};

}  // namespace glint::gpu
