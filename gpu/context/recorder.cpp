#include "gpu/context/recorder.h"

#include <algorithm>
#include <cassert>
#include <type_traits>

namespace glint::gpu {
namespace {

thread_local Recorder* current = nullptr;

/// A driver function that notes its name and calls the wrapped one.
template <typename F, F Functions::*member, const char* name>
struct Trampoline;
template <typename R, typename... A, R (GL_APIENTRY* Functions::*member)(A...), const char* name>
struct Trampoline<R(GL_APIENTRY*)(A...), member, name> {
  static R GL_APIENTRY call(A... arguments) {
    if (current == nullptr) {
      if constexpr (std::is_void_v<R>) {
        return;
      } else {
        return R{};
      }
    }
    current->note(name);
    return (current->wrapped().*member)(arguments...);
  }
};

#define GLINT_GL_ES2(member, name, upper) constexpr char name##Text[] = "gl" #name;
#define GLINT_GL_ES3(member, name, upper) GLINT_GL_ES2(member, name, upper)
#define GLINT_GL_EXT(member, name, upper) GLINT_GL_ES2(member, name, upper)
#include "gpu/gl_functions.def"
#undef GLINT_GL_ES2
#undef GLINT_GL_ES3
#undef GLINT_GL_EXT

}  // namespace

Recorder::Recorder(const Functions& wrapped) : wrapped_(wrapped) {
  assert(current == nullptr && "one recorder per thread");
  current = this;
}

Recorder::~Recorder() { current = nullptr; }

Functions Recorder::functions() const {
  Functions table;
#define GLINT_GL_ES2(member, name, upper)                                                \
  if (wrapped_.member != nullptr) {                                                      \
    table.member = Trampoline<PFNGL##upper##PROC, &Functions::member, name##Text>::call; \
  }
#define GLINT_GL_ES3(member, name, upper) GLINT_GL_ES2(member, name, upper)
#define GLINT_GL_EXT(member, name, upper) GLINT_GL_ES2(member, name, upper)
#include "gpu/gl_functions.def"
#undef GLINT_GL_ES2
#undef GLINT_GL_ES3
#undef GLINT_GL_EXT
  return table;
}

std::size_t Recorder::count(std::string_view name) const {
  return static_cast<std::size_t>(std::count(calls_.begin(), calls_.end(), name));
}

}  // namespace glint::gpu
