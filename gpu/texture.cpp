#include "gpu/texture.h"

#include <cassert>

namespace glint::gpu {
namespace {

struct FormatInfo {
  TexelFormat format;
  std::string_view name;
  int bytes;
  GLenum internal;
  GLenum external;
  GLenum type;
};

constexpr FormatInfo kFormats[] = {
    {TexelFormat::Rgba8, "RGBA8", 4, GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE},
    {TexelFormat::Rgba8ui, "RGBA8UI", 4, GL_RGBA8UI, GL_RGBA_INTEGER, GL_UNSIGNED_BYTE},
    {TexelFormat::Rgba16i, "RGBA16I", 8, GL_RGBA16I, GL_RGBA_INTEGER, GL_SHORT},
    {TexelFormat::Rgba32i, "RGBA32I", 16, GL_RGBA32I, GL_RGBA_INTEGER, GL_INT},
};

const FormatInfo& infoOf(TexelFormat format) { return kFormats[static_cast<std::size_t>(format)]; }

Status checkSize(const Context& context, TexelFormat format, int width, int height) {
  const Capabilities& caps = context.capabilities();
  const int limit = caps.maxTextureSize;
  const std::string size = std::to_string(width) + "x" + std::to_string(height);
  if (width < 1 || height < 1) {
    return Error{Errc::Value, "a texture of " + size + " texels has no texels"};
  }
  if (width > limit || height > limit) {
    return Error{Errc::Value, "a texture of " + size + " texels is larger than maxTextureSize " +
                                  std::to_string(limit) + " of " + caps.renderer};
  }
  if (isInteger(format) && !caps.integerTextures) {
    return Error{Errc::Unsupported, "a texture of format " + std::string(formatName(format)) +
                                        " needs OpenGL ES 3; " + caps.renderer + " is used as ES " +
                                        std::to_string(caps.esMajor)};
  }
  return {};
}

}  // namespace

int bytesPerTexel(TexelFormat format) { return infoOf(format).bytes; }
bool isInteger(TexelFormat format) { return format != TexelFormat::Rgba8; }
std::string_view formatName(TexelFormat format) { return infoOf(format).name; }

std::string toText(const Rect& rect) {
  return std::to_string(rect.width) + "x" + std::to_string(rect.height) + " at (" +
         std::to_string(rect.x) + ", " + std::to_string(rect.y) + ")";
}

bool fitsIn(const Rect& rect, int width, int height) {
  return rect.x >= 0 && rect.y >= 0 && rect.width >= 1 && rect.height >= 1 &&
         rect.x <= width - rect.width && rect.y <= height - rect.height;
}

Result<Texture> Texture::create(Context& context, TexelFormat format, int width, int height) {
  GLINT_TRY(context.requireAlive());
  GLINT_TRY(checkSize(context, format, width, height));
  const Functions& gl = context.gl();
  GLuint name = 0;
  gl.genTextures(1, &name);
  Texture texture = wrap(context, name, format, width, height);
  context.bindTexture(context.scratchUnit(), GL_TEXTURE_2D, name);
  gl.texParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  gl.texParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
  gl.texParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  gl.texParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  const FormatInfo& info = infoOf(format);
  if (context.es3()) {
    gl.texStorage2D(GL_TEXTURE_2D, 1, info.internal, width, height);
  } else {
    gl.texImage2D(GL_TEXTURE_2D, 0, GL_RGBA, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, nullptr);
  }
  GLINT_TRY(context.check("a texture of " + std::to_string(width) + "x" + std::to_string(height) +
                          " texels, " + std::string(info.name)));
  ++context.counters().texturesCreated;
  return texture;
}

Texture Texture::wrap(Context& context, GLuint name, TexelFormat format, int width, int height,
                      GLenum target) {
  Texture texture;
  texture.handle_ = Handle<ObjectKind::Texture>::wrap(context, name);
  texture.target_ = target;
  texture.format_ = format;
  texture.width_ = width;
  texture.height_ = height;
  return texture;
}

Status Texture::upload(const Rect& rect, std::span<const std::byte> data) {
  assert(handle_);
  if (!fitsIn(rect, width_, height_)) {
    return Error{Errc::Value, "the rectangle " + toText(rect) + " is not within the texture of " +
                                  std::to_string(width_) + "x" + std::to_string(height_)};
  }
  const FormatInfo& info = infoOf(format_);
  const auto texels = static_cast<std::size_t>(rect.width) * static_cast<std::size_t>(rect.height);
  const std::size_t expected = texels * static_cast<std::size_t>(info.bytes);
  if (data.size() != expected) {
    return Error{Errc::Value, "the rectangle " + toText(rect) + " of " + std::string(info.name) +
                                  " takes " + std::to_string(expected) + " bytes, given " +
                                  std::to_string(data.size())};
  }
  Context& context = *handle_.context();
  GLINT_TRY(context.requireAlive());
  context.bindTexture(context.scratchUnit(), target_, handle_.name());
  context.gl().texSubImage2D(target_, 0, rect.x, rect.y, rect.width, rect.height, info.external,
                             info.type, data.data());
  context.counters().bytesUploaded += static_cast<std::int64_t>(expected);
  return {};
}

void Texture::bind(int unit) const {
  assert(handle_);
  handle_.context()->bindTexture(unit, target_, handle_.name());
}

std::int64_t Texture::bytes() const {
  return std::int64_t{width_} * height_ * bytesPerTexel(format_);
}

}  // namespace glint::gpu
