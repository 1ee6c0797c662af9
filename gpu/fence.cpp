#include "gpu/fence.h"

#include <utility>

namespace glint::gpu {

Result<Fence> Fence::create(Context& context) {
  GLINT_TRY(context.requireAlive());
  if (!context.capabilities().fence) {
    return Error{Errc::Unsupported, "fences need OpenGL ES 3"};
  }
  Fence fence;
  fence.sync_ = context.gl().fenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
  if (fence.sync_ == nullptr) return Error{Errc::Driver, "the driver gave no fence"};
  fence.context_ = &context;
  fence.generation_ = context.generation();
  context.adopt();
  context.gl().flush();
  return fence;
}

Fence::Fence(Fence&& other) noexcept
    : context_(std::exchange(other.context_, nullptr)),
      sync_(std::exchange(other.sync_, nullptr)),
      generation_(other.generation_) {}

Fence& Fence::operator=(Fence&& other) noexcept {
  Fence taken(std::move(other));
  std::swap(context_, taken.context_);
  std::swap(sync_, taken.sync_);
  std::swap(generation_, taken.generation_);
  return *this;
}

Fence::~Fence() {
  if (sync_ == nullptr) return;
  context_->remove(ObjectKind::Sync, reinterpret_cast<std::uintptr_t>(sync_), generation_);
}

bool Fence::signaled() const {
  if (sync_ == nullptr || context_->lost()) return true;
  return context_->gl().clientWaitSync(sync_, 0, 0) != GL_TIMEOUT_EXPIRED;
}

Status Fence::wait(std::uint64_t timeoutNs) const {
  if (sync_ == nullptr) return {};
  GLINT_TRY(context_->requireAlive());
  const GLenum outcome =
      context_->gl().clientWaitSync(sync_, GL_SYNC_FLUSH_COMMANDS_BIT, timeoutNs);
  if (outcome == GL_ALREADY_SIGNALED || outcome == GL_CONDITION_SATISFIED) return {};
  if (outcome == GL_TIMEOUT_EXPIRED) return Error{Errc::Runtime, "the GPU is still at work"};
  GLINT_TRY(context_->check("waiting for a fence"));
  return Error{Errc::Driver, "waiting for a fence failed"};
}

}  // namespace glint::gpu
