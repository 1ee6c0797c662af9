/// Render targets: one to maxDrawBuffers textures drawn at once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "gpu/texture.h"

namespace glint::gpu {

/// The value of a cleared texel, channel by channel: codes 0..255 for Rgba8 (not floats), plain
/// integers for the others.
using TexelCodes = std::array<std::int32_t, 4>;

/// A move-only framebuffer over textures of one size, which must outlive it. Formats may differ.
class Framebuffer {
 public:
  Framebuffer() = default;

  /// Target i is draw buffer i. Errors: Value (no target, too many, an empty texture, sizes that
  /// differ), Driver (incomplete, with the status in words).
  static Result<Framebuffer> create(Context& context, std::span<const Texture* const> targets);
  /// The same over a single texture.
  static Result<Framebuffer> create(Context& context, const Texture& target);

  /// Makes it the target of draws; sets no viewport (gpu/fullscreen.h does).
  void bind() const;

  /// Sets every texel of a rectangle; `codes` holds one value per target.
  /// Errors: Value (rectangle outside, or another number of codes).
  Status clear(const Rect& rect, std::span<const TexelCodes> codes);
  /// Sets every texel of all targets to zero.
  Status clearToZero();

  /// Reads a rectangle of one target and waits for it: rows in order, texels packed as
  /// Texture::upload takes them. See gpu/readback.h for the way that does not wait.
  /// Errors: Value (target, rectangle, or out is not width * height * bytesPerTexel), Driver.
  Status readPixels(int target, const Rect& rect, std::span<std::byte> out);
  /// Reads one whole target.
  Result<std::vector<std::byte>> readPixels(int target = 0);

  int targets() const { return static_cast<int>(formats_.size()); }
  TexelFormat format(int target) const { return formats_[static_cast<std::size_t>(target)]; }
  int width() const { return width_; }
  int height() const { return height_; }
  Rect extent() const { return {0, 0, width_, height_}; }
  Context* context() const { return handle_.context(); }
  GLuint name() const { return handle_.name(); }
  explicit operator bool() const { return static_cast<bool>(handle_); }

 private:
  Handle<ObjectKind::Framebuffer> handle_;
  std::vector<TexelFormat> formats_;
  int width_ = 0;
  int height_ = 0;
};

}  // namespace glint::gpu
