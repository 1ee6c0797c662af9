#include "gpu/readback.h"

#include <cassert>
#include <cstring>
#include <string>
#include <utility>

namespace glint::gpu {
namespace {

/// How long to wait before asking again whether the device was reset, ns.
constexpr std::uint64_t kWaitSlice = 500'000'000;

}  // namespace

Status Readback::start(Framebuffer& framebuffer, int target, const Rect& rect) {
  assert(context_ != nullptr);
  if (pending_) return Error{Errc::Runtime, "a readback is already under way"};
  GLINT_TRY(checkRead(framebuffer, target, rect));
  GLINT_TRY(context_->requireAlive());
  format_ = framebuffer.format(target);
  bytes_ = static_cast<std::size_t>(rect.width) * static_cast<std::size_t>(rect.height) *
           static_cast<std::size_t>(bytesPerTexel(format_));
  if (context_->capabilities().pixelPackBuffer) {
    GLINT_TRY(startBuffered(framebuffer, target, rect));
  } else {
    copy_.resize(bytes_);
    GLINT_TRY(framebuffer.readPixels(target, rect, copy_));
  }
  pending_ = true;
  return {};
}

Status Readback::startBuffered(Framebuffer& framebuffer, int target, const Rect& rect) {
  const Functions& gl = context_->gl();
  selectForRead(framebuffer, target);
  transfer_ = pixelTransfer(*context_, format_);
  wireBytes_ = static_cast<std::size_t>(rect.width) * static_cast<std::size_t>(rect.height) *
               static_cast<std::size_t>(transfer_.wireBytes);
  if (!buffer_) {
    GLuint name = 0;
    gl.genBuffers(1, &name);
    buffer_ = Handle<ObjectKind::Buffer>::wrap(*context_, name);
    capacity_ = 0;
  }
  gl.bindBuffer(GL_PIXEL_PACK_BUFFER, buffer_.name());
  if (capacity_ < wireBytes_) {
    gl.bufferData(GL_PIXEL_PACK_BUFFER, static_cast<GLsizeiptr>(wireBytes_), nullptr,
                  GL_STREAM_READ);
    capacity_ = wireBytes_;
  }
  gl.readPixels(rect.x, rect.y, rect.width, rect.height, transfer_.format, transfer_.type, nullptr);
  gl.bindBuffer(GL_PIXEL_PACK_BUFFER, 0);
  if (Status status = context_->check("ordering " + toText(rect) + " texels"); !status) {
    capacity_ = 0;
    return status;
  }
  GLINT_ASSIGN(fence_, Fence::create(*context_));
  return {};
}

bool Readback::ready() const { return !pending_ || fence_.signaled(); }

Status Readback::finish(std::span<std::byte> out) {
  if (!pending_) return Error{Errc::Runtime, "no readback is under way"};
  pending_ = false;
  if (out.size() != bytes_) {
    fence_ = Fence();
    return Error{Errc::Value, "the readback gives " + std::to_string(bytes_) + " bytes, room for " +
                                  std::to_string(out.size())};
  }
  if (context_->capabilities().pixelPackBuffer) return finishBuffered(out);
  std::memcpy(out.data(), copy_.data(), out.size());
  return {};
}

Status Readback::finishBuffered(std::span<std::byte> out) {
  const Fence fence = std::move(fence_);
  for (Status status = fence.wait(kWaitSlice); !status; status = fence.wait(kWaitSlice)) {
    if (status.error().code != Errc::Runtime) return status;
    GLINT_TRY(context_->check("waiting for a readback"));
  }
  const Functions& gl = context_->gl();
  gl.bindBuffer(GL_PIXEL_PACK_BUFFER, buffer_.name());
  const void* wire = gl.mapBufferRange(GL_PIXEL_PACK_BUFFER, 0, static_cast<GLsizeiptr>(wireBytes_),
                                       GL_MAP_READ_BIT);
  if (wire != nullptr) {
    packTexels(format_, transfer_, static_cast<const std::byte*>(wire), out);
  }
  const bool intact = wire != nullptr && gl.unmapBuffer(GL_PIXEL_PACK_BUFFER) == GL_TRUE;
  gl.bindBuffer(GL_PIXEL_PACK_BUFFER, 0);
  if (!intact) {
    GLINT_TRY(context_->check("mapping a readback buffer"));
    return Error{Errc::Driver, "the driver lost the content of a readback buffer"};
  }
  context_->counters().bytesRead += static_cast<std::int64_t>(out.size());
  return {};
}

}  // namespace glint::gpu
