/// Bookkeeping of GL names and of what is bound.
#include <cassert>
#include <utility>

#include "gpu/context/context.h"

namespace glint::gpu {
namespace {

constexpr GLuint kUnknown = 0xFFFFFFFFu;

}  // namespace

void Context::markLost() {
  generation_.fetch_add(1);
  const std::lock_guard lock(binMutex_);
  live_.fetch_sub(static_cast<std::int64_t>(bin_.size()));
  bin_.clear();
  binFilled_ = false;
}

void Context::remove(ObjectKind kind, std::uintptr_t name, std::uint32_t generation) {
  if (generation == generation_.load() && !onGlThread()) {
    const std::lock_guard lock(binMutex_);
    if (generation == generation_.load()) {
      bin_.push_back({kind, name});
      binFilled_ = true;
      return;
    }
  }
  if (generation == generation_.load()) deleteName(kind, name);
  live_.fetch_sub(1);
}

void Context::disown(ObjectKind kind, GLuint name) {
  if (onGlThread()) forget(kind, name);
  live_.fetch_sub(1);
}

void Context::collect() {
  if (!binFilled_.load()) return;
  std::vector<Binned> taken;
  {
    const std::lock_guard lock(binMutex_);
    taken.swap(bin_);
    binFilled_ = false;
  }
  for (const Binned& entry : taken) {
    deleteName(entry.kind, entry.name);
    live_.fetch_sub(1);
  }
}

void Context::deleteName(ObjectKind kind, std::uintptr_t name) {
  const auto id = static_cast<GLuint>(name);
  switch (kind) {
    case ObjectKind::Buffer:
      gl_.deleteBuffers(1, &id);
      break;
    case ObjectKind::Framebuffer:
      gl_.deleteFramebuffers(1, &id);
      break;
    case ObjectKind::Program:
      gl_.deleteProgram(id);
      break;
    case ObjectKind::Shader:
      gl_.deleteShader(id);
      break;
    case ObjectKind::Texture:
      gl_.deleteTextures(1, &id);
      break;
    case ObjectKind::Sync:
      gl_.deleteSync(reinterpret_cast<GLsync>(name));
      return;
    case ObjectKind::Query:
      gl_.deleteQueriesExt(1, &id);
      break;
  }
  forget(kind, id);
}

// The driver may hand a deleted name out again, so a stale cache would skip a needed binding.
void Context::forget(ObjectKind kind, GLuint name) {
  if (kind == ObjectKind::Program && program_ == name) program_ = kUnknown;
  if (kind == ObjectKind::Framebuffer && framebuffer_ == name) framebuffer_ = kUnknown;
  if (kind == ObjectKind::Texture) {
    for (GLuint& bound : textures_) {
      if (bound == name) bound = kUnknown;
    }
  }
}

void Context::useProgram(GLuint name) {
  if (std::exchange(program_, name) != name) gl_.useProgram(name);
}

void Context::bindFramebuffer(GLuint name) {
  if (std::exchange(framebuffer_, name) != name) gl_.bindFramebuffer(GL_FRAMEBUFFER, name);
}

void Context::bindTexture(int unit, GLenum target, GLuint name) {
  assert(unit >= 0 && static_cast<std::size_t>(unit) < textures_.size());
  GLuint& bound = textures_[static_cast<std::size_t>(unit)];
  const bool plain = target == GL_TEXTURE_2D;
  if (plain && bound == name && unit != scratchUnit_) return;
  if (std::exchange(activeUnit_, unit) != unit) {
    gl_.activeTexture(GL_TEXTURE0 + static_cast<GLenum>(unit));
  }
  // The external target has a binding of its own in the same unit.
  if (!plain || std::exchange(bound, name) != name) gl_.bindTexture(target, name);
}

void Context::setViewport(GLint x, GLint y, GLsizei width, GLsizei height) {
  if (viewport_[0] == x && viewport_[1] == y && viewport_[2] == width && viewport_[3] == height) {
    return;
  }
  gl_.viewport(x, y, width, height);
  viewport_[0] = x;
  viewport_[1] = y;
  viewport_[2] = width;
  viewport_[3] = height;
}

}  // namespace glint::gpu
