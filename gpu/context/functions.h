/// The table of OpenGL ES functions and the ways to fill it.
#pragma once

#include <functional>

#include "core/result.h"
#include "gpu/context/gl.h"

namespace glint::gpu {

/// Gives the address of a driver function by its C name ("glClear"), or null.
using Loader = std::function<void*(const char*)>;

/// One pointer per OpenGL ES function that Glint uses (gpu/gl_functions.def), e.g. `drawArrays`.
struct Functions {
#define GLINT_GL_ES2(member, name, upper) PFNGL##upper##PROC member = nullptr;
#define GLINT_GL_ES3(member, name, upper) PFNGL##upper##PROC member = nullptr;
#define GLINT_GL_EXT(member, name, upper) PFNGL##upper##PROC member = nullptr;
#include "gpu/gl_functions.def"
#undef GLINT_GL_ES2
#undef GLINT_GL_ES3
#undef GLINT_GL_EXT
};

/// The driver's functions. Entries of ES 3 and of extensions may stay null.
/// Errors: Driver, naming the first ES 2 function that the loader does not know.
Result<Functions> loadFunctions(const Loader& loader);

/// A table without a driver: hands out plausible names, succeeds at everything, draws nothing.
/// It reports OpenGL ES 2.0 or 3.0, after `esMajor`; with 2 the ES 3 entries are null.
/// Pixels read are zeros; queries answer the smallest values the specification allows.
Functions nullFunctions(int esMajor);

/// The same table with every ES 3 entry null, so that a run held to ES 2 cannot call one.
Functions es2View(const Functions& functions);

/// True when all ES 3 entries are filled.
bool hasEs3(const Functions& functions);

}  // namespace glint::gpu
