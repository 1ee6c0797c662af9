#include "gpu/context/functions.h"

#include <string>

namespace glint::gpu {

Result<Functions> loadFunctions(const Loader& loader) {
  if (!loader) return Error{Errc::Driver, "no loader of OpenGL ES functions was given"};
  Functions table;
#define GLINT_GL_ES2(member, name, upper)                                                   \
  table.member = reinterpret_cast<PFNGL##upper##PROC>(loader("gl" #name));                  \
  if (table.member == nullptr) {                                                            \
    return Error{Errc::Driver, "the OpenGL ES driver has no function gl" #name              \
                               "; it is not an OpenGL ES 2 driver or not installed whole"}; \
  }
#define GLINT_GL_ES3(member, name, upper) \
  table.member = reinterpret_cast<PFNGL##upper##PROC>(loader("gl" #name));
#define GLINT_GL_EXT(member, name, upper) GLINT_GL_ES3(member, name, upper)
#include "gpu/gl_functions.def"
#undef GLINT_GL_ES2
#undef GLINT_GL_ES3
#undef GLINT_GL_EXT
  return table;
}

Functions es2View(const Functions& functions) {
  Functions view = functions;
#define GLINT_GL_ES2(member, name, upper)
#define GLINT_GL_ES3(member, name, upper) view.member = nullptr;
#define GLINT_GL_EXT(member, name, upper)
#include "gpu/gl_functions.def"
#undef GLINT_GL_ES2
#undef GLINT_GL_ES3
#undef GLINT_GL_EXT
  return view;
}

bool hasEs3(const Functions& functions) {
  bool all = true;
#define GLINT_GL_ES2(member, name, upper)
#define GLINT_GL_ES3(member, name, upper) all = all && functions.member != nullptr;
#define GLINT_GL_EXT(member, name, upper)
#include "gpu/gl_functions.def"
#undef GLINT_GL_ES2
#undef GLINT_GL_ES3
#undef GLINT_GL_EXT
  return all;
}

}  // namespace glint::gpu
