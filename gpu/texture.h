/// Two-dimensional textures of four-channel texels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "gpu/handle.h"

namespace glint::gpu {

/// What a texel holds. All but Rgba8 need Capabilities::integerTextures.
enum class TexelFormat : std::uint8_t {
  Rgba8,    ///< Four codes 0..255, sampled as n/255.
  Rgba8ui,  ///< Four uint8.
  Rgba16i,  ///< Four int16.
  Rgba32i,  ///< Four int32.
};

/// Bytes of one texel on the host: 4, 4, 8 or 16.
int bytesPerTexel(TexelFormat format);
/// True for the formats read by isampler2D or usampler2D.
bool isInteger(TexelFormat format);
/// "RGBA8", "RGBA8UI", "RGBA16I" or "RGBA32I".
std::string_view formatName(TexelFormat format);

/// A rectangle of texels; x is the column, y the row (row 0 is the first in memory).
struct Rect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;

  bool operator==(const Rect&) const = default;
};

/// "WIDTHxHEIGHT at (X, Y)".
std::string toText(const Rect& rect);

/// True when the rectangle is not empty and lies within width x height.
bool fitsIn(const Rect& rect, int width, int height);

/// A move-only texture of fixed size; nearest filter, clamped to its edge, no mipmaps. Storage is
/// immutable on ES 3. A moved-from texture is empty and may only be assigned or destroyed.
class Texture {
 public:
  Texture() = default;

  /// Allocates; the content is undefined until uploaded, cleared or drawn.
  /// Errors: Value (size not in 1..maxTextureSize), Unsupported (integer format on ES 2), Driver.
  static Result<Texture> create(Context& context, TexelFormat format, int width, int height);
  /// Takes over an existing texture, such as a camera frame; `target` may be
  /// GL_TEXTURE_EXTERNAL_OES. Its filters and storage are the caller's.
  static Texture wrap(Context& context, GLuint name, TexelFormat format, int width, int height,
                      GLenum target = GL_TEXTURE_2D);

  /// Writes a rectangle: rows in order, texels packed, host byte order.
  /// Errors: Value (rectangle outside, or data not width * height * bytesPerTexel).
  Status upload(const Rect& rect, std::span<const std::byte> data);
  /// Writes the whole texture.
  Status upload(std::span<const std::byte> data) { return upload(extent(), data); }

  /// Binds to a texture unit, 0..fragmentTextureUnits-1.
  void bind(int unit) const;

  TexelFormat format() const { return format_; }
  int width() const { return width_; }
  int height() const { return height_; }
  Rect extent() const { return {0, 0, width_, height_}; }
  /// Bytes of storage, as the format asks for.
  std::int64_t bytes() const;
  GLuint name() const { return handle_.name(); }
  explicit operator bool() const { return static_cast<bool>(handle_); }

 private:
  Handle<ObjectKind::Texture> handle_;
  GLenum target_ = GL_TEXTURE_2D;
  TexelFormat format_ = TexelFormat::Rgba8;
  int width_ = 0;
  int height_ = 0;
};

}  // namespace glint::gpu
