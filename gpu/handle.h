/// The owner of one GL name: move-only, 16 bytes.
#pragma once

#include <utility>

#include "gpu/context/context.h"

namespace glint::gpu {

/// Owns a GL name of one kind; name 0 is empty. Destruction on the GL thread deletes, on another
/// thread leaves the name to the context, after a context loss drops it.
template <ObjectKind kind>
class Handle {
 public:
  Handle() = default;
  /// Takes over a name that belongs to the context.
  static Handle wrap(Context& context, GLuint name) {
    Handle handle;
    if (name == 0) return handle;
    handle.context_ = &context;
    handle.name_ = name;
    handle.generation_ = context.generation();
    context.adopt();
    return handle;
  }
  Handle(Handle&& other) noexcept { swap(other); }
  Handle& operator=(Handle&& other) noexcept {
    Handle taken(std::move(other));
    swap(taken);
    return *this;
  }
  ~Handle() {
    if (name_ != 0) context_->remove(kind, name_, generation_);
  }

  GLuint name() const { return name_; }
  Context* context() const { return context_; }
  explicit operator bool() const { return name_ != 0; }
  /// Gives the name up without deleting it.
  GLuint release() {
    if (name_ != 0) context_->disown(kind, name_);
    context_ = nullptr;
    return std::exchange(name_, 0);
  }

 private:
  void swap(Handle& other) noexcept {
    std::swap(context_, other.context_);
    std::swap(name_, other.name_);
    std::swap(generation_, other.generation_);
  }

  Context* context_ = nullptr;
  GLuint name_ = 0;
  std::uint32_t generation_ = 0;
};

}  // namespace glint::gpu
