#include "gpu/framebuffer.h"

#include <cassert>
#include <string>

#include "gpu/pixel_transfer.h"

namespace glint::gpu {
namespace {

std::string statusText(GLenum status) {
  switch (status) {
    case GL_FRAMEBUFFER_INCOMPLETE_ATTACHMENT:
      return "an attachment cannot be drawn to";
    case GL_FRAMEBUFFER_INCOMPLETE_MISSING_ATTACHMENT:
      return "nothing is attached";
    case GL_FRAMEBUFFER_INCOMPLETE_DIMENSIONS:
      return "the attachments differ in size";
    case GL_FRAMEBUFFER_INCOMPLETE_MULTISAMPLE:
      return "the attachments differ in samples";
    case GL_FRAMEBUFFER_UNSUPPORTED:
      return "the driver does not support this set of formats";
    default:
      return "status " + std::to_string(status);
  }
}

Status checkTargets(const Context& context, std::span<const Texture* const> targets) {
  const int limit = context.capabilities().maxDrawBuffers;
  if (targets.empty()) return Error{Errc::Value, "a framebuffer needs at least one texture"};
  if (targets.size() > static_cast<std::size_t>(limit)) {
    return Error{Errc::Value, "a framebuffer of " + std::to_string(targets.size()) +
                                  " targets exceeds maxDrawBuffers " + std::to_string(limit) +
                                  " of " + context.capabilities().renderer};
  }
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const Texture* target = targets[i];
    if (target == nullptr || !*target) {
      return Error{Errc::Value, "target " + std::to_string(i) + " of a framebuffer is empty"};
    }
    if (target->width() != targets[0]->width() || target->height() != targets[0]->height()) {
      return Error{Errc::Value, "target " + std::to_string(i) + " of a framebuffer is " +
                                    toText(target->extent()) + ", target 0 is " +
                                    toText(targets[0]->extent())};
    }
  }
  return {};
}

void clearTarget(const Functions& gl, bool es3, TexelFormat format, GLint index,
                 const TexelCodes& codes) {
  if (format == TexelFormat::Rgba8) {
    // A quarter code up: drivers may truncate or round (see store in docs/exactness.md).
    GLfloat color[4];
    for (std::size_t i = 0; i < 4; ++i) color[i] = (static_cast<float>(codes[i]) + .25f) / 255.f;
    if (es3) {
      gl.clearBufferfv(GL_COLOR, index, color);
    } else {
      gl.clearColor(color[0], color[1], color[2], color[3]);
      gl.clear(GL_COLOR_BUFFER_BIT);
    }
  } else if (format == TexelFormat::Rgba8ui) {
    GLuint color[4];
    for (std::size_t i = 0; i < 4; ++i) color[i] = static_cast<GLuint>(codes[i]);
    gl.clearBufferuiv(GL_COLOR, index, color);
  } else {
    gl.clearBufferiv(GL_COLOR, index, codes.data());
  }
}

}  // namespace

Result<Framebuffer> Framebuffer::create(Context& context, std::span<const Texture* const> targets) {
  GLINT_TRY(context.requireAlive());
  GLINT_TRY(checkTargets(context, targets));
  const Functions& gl = context.gl();
  GLuint name = 0;
  gl.genFramebuffers(1, &name);
  Framebuffer framebuffer;
  framebuffer.handle_ = Handle<ObjectKind::Framebuffer>::wrap(context, name);
  framebuffer.width_ = targets[0]->width();
  framebuffer.height_ = targets[0]->height();
  context.bindFramebuffer(name);
  std::vector<GLenum> attachments;
  for (const Texture* target : targets) {
    const GLenum attachment = GL_COLOR_ATTACHMENT0 + static_cast<GLenum>(attachments.size());
    gl.framebufferTexture2D(GL_FRAMEBUFFER, attachment, GL_TEXTURE_2D, target->name(), 0);
    attachments.push_back(attachment);
    framebuffer.formats_.push_back(target->format());
  }
  if (context.es3()) {
    gl.drawBuffers(static_cast<GLsizei>(attachments.size()), attachments.data());
  }
  const GLenum status = gl.checkFramebufferStatus(GL_FRAMEBUFFER);
  if (status != GL_FRAMEBUFFER_COMPLETE) {
    std::string formats;
    for (TexelFormat format : framebuffer.formats_)
      formats += " " + std::string(formatName(format));
    return Error{Errc::Driver, "a framebuffer of" + formats + ", " + toText(targets[0]->extent()) +
                                   ", is incomplete: " + statusText(status)};
  }
  GLINT_TRY(context.check("a framebuffer of " + std::to_string(targets.size()) + " targets"));
  return framebuffer;
}

Result<Framebuffer> Framebuffer::create(Context& context, const Texture& target) {
  const Texture* const targets[] = {&target};
  return create(context, targets);
}

void Framebuffer::bind() const {
  assert(handle_);
  handle_.context()->bindFramebuffer(handle_.name());
}

Status Framebuffer::clear(const Rect& rect, std::span<const TexelCodes> codes) {
  if (!fitsIn(rect, width_, height_)) {
    return Error{Errc::Value, "the rectangle " + toText(rect) + " to clear is not within " +
                                  std::to_string(width_) + "x" + std::to_string(height_)};
  }
  if (codes.size() != formats_.size()) {
    return Error{Errc::Value, "clearing " + std::to_string(formats_.size()) + " targets with " +
                                  std::to_string(codes.size()) + " values"};
  }
  Context& context = *handle_.context();
  GLINT_TRY(context.requireAlive());
  const Functions& gl = context.gl();
  bind();
  const bool part = rect != extent();
  if (part) {
    gl.enable(GL_SCISSOR_TEST);
    gl.scissor(rect.x, rect.y, rect.width, rect.height);
  }
  for (std::size_t i = 0; i < codes.size(); ++i) {
    clearTarget(gl, context.es3(), formats_[i], static_cast<GLint>(i), codes[i]);
  }
  if (part) gl.disable(GL_SCISSOR_TEST);
  return {};
}

Status Framebuffer::clearToZero() {
  const std::vector<TexelCodes> zeros(formats_.size(), TexelCodes{});
  return clear(extent(), zeros);
}

Status Framebuffer::readPixels(int target, const Rect& rect, std::span<std::byte> out) {
  GLINT_TRY(checkRead(*this, target, rect));
  const TexelFormat targetFormat = format(target);
  GLINT_TRY(checkReadSize(targetFormat, rect, out.size()));
  Context& context = *handle_.context();
  GLINT_TRY(context.requireAlive());
  selectForRead(*this, target);
  const PixelTransfer transfer = pixelTransfer(context, targetFormat);
  const auto texels = static_cast<std::size_t>(rect.width) * static_cast<std::size_t>(rect.height);
  std::vector<std::byte> wide;
  std::byte* wire = out.data();
  if (transfer.wireBytes != bytesPerTexel(targetFormat)) {
    wide.resize(texels * static_cast<std::size_t>(transfer.wireBytes));
    wire = wide.data();
  }
  context.gl().readPixels(rect.x, rect.y, rect.width, rect.height, transfer.format, transfer.type,
                          wire);
  GLINT_TRY(context.check("reading " + toText(rect) + " texels"));
  if (!wide.empty()) packTexels(targetFormat, transfer, wide.data(), out);
  context.counters().bytesRead += static_cast<std::int64_t>(out.size());
  return {};
}

Result<std::vector<std::byte>> Framebuffer::readPixels(int target) {
  GLINT_TRY(checkRead(*this, target, extent()));
  const auto texels = static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_);
  std::vector<std::byte> out(texels * static_cast<std::size_t>(bytesPerTexel(format(target))));
  GLINT_TRY(readPixels(target, extent(), out));
  return out;
}

}  // namespace glint::gpu
