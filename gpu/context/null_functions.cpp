/// The table without a driver. Limits: the minima of OpenGL ES 2.0 (tables 6.18 to 6.20) and 3.0
/// (tables 6.28 to 6.34).
#include <atomic>
#include <cstddef>
#include <cstring>
#include <type_traits>
#include <vector>

#include "gpu/context/functions.h"

namespace glint::gpu {
namespace {

/// A function that does nothing and returns zero.
template <typename F>
struct Nothing;
template <typename R, typename... A>
struct Nothing<R(GL_APIENTRY*)(A...)> {
  static R GL_APIENTRY call(A...) {
    if constexpr (!std::is_void_v<R>) return R{};
  }
};

std::atomic<GLuint> lastName{0};
thread_local GLuint packBuffer = 0;
thread_local std::vector<std::byte> mapped;

void GL_APIENTRY genNames(GLsizei count, GLuint* names) {
  for (GLsizei i = 0; i < count; ++i) names[i] = ++lastName;
}

GLuint GL_APIENTRY createShader(GLenum) { return ++lastName; }
GLuint GL_APIENTRY createProgram() { return ++lastName; }

template <int esMajor>
const GLubyte* GL_APIENTRY getString(GLenum name) {
  const char* text = "";
  switch (name) {
    case GL_VENDOR:
      text = "glint";
      break;
    case GL_RENDERER:
      text = "null";
      break;
    case GL_VERSION:
      text = esMajor >= 3 ? "OpenGL ES 3.0 null" : "OpenGL ES 2.0 null";
      break;
    case GL_SHADING_LANGUAGE_VERSION:
      text = esMajor >= 3 ? "OpenGL ES GLSL ES 3.00" : "OpenGL ES GLSL ES 1.00";
      break;
    default:
      break;
  }
  return reinterpret_cast<const GLubyte*>(text);
}

template <int esMajor>
void GL_APIENTRY getIntegerv(GLenum name, GLint* value) {
  constexpr bool es3 = esMajor >= 3;
  switch (name) {
    case GL_MAX_TEXTURE_SIZE:
      *value = es3 ? 2048 : 64;
      break;
    case GL_MAX_VIEWPORT_DIMS:
      value[0] = value[1] = es3 ? 2048 : 64;
      break;
    case GL_MAX_TEXTURE_IMAGE_UNITS:
      *value = es3 ? 16 : 8;
      break;
    case GL_MAX_COMBINED_TEXTURE_IMAGE_UNITS:
      *value = es3 ? 32 : 8;
      break;
    case GL_MAX_FRAGMENT_UNIFORM_VECTORS:
      *value = es3 ? 224 : 16;
      break;
    case GL_MAX_COLOR_ATTACHMENTS:
    case GL_MAX_DRAW_BUFFERS:
      *value = es3 ? 4 : 1;
      break;
    case GL_MAX_UNIFORM_BLOCK_SIZE:
      *value = es3 ? 16384 : 0;
      break;
    case GL_MAX_FRAGMENT_UNIFORM_BLOCKS:
      *value = es3 ? 12 : 0;
      break;
    case GL_MAX_ARRAY_TEXTURE_LAYERS:
      *value = es3 ? 256 : 0;
      break;
    default:
      *value = 0;
      break;
  }
}

void GL_APIENTRY getStatus(GLuint, GLenum name, GLint* value) {
  const bool status =
      name == GL_COMPILE_STATUS || name == GL_LINK_STATUS || name == GL_COMPLETION_STATUS_KHR;
  *value = status ? 1 : 0;
}

void GL_APIENTRY getPrecision(GLenum, GLenum type, GLint* range, GLint* precision) {
  const bool isFloat = type == GL_HIGH_FLOAT || type == GL_MEDIUM_FLOAT || type == GL_LOW_FLOAT;
  range[0] = isFloat ? 127 : 31;
  range[1] = isFloat ? 127 : 30;
  *precision = isFloat ? 23 : 0;
}

GLenum GL_APIENTRY framebufferStatus(GLenum) { return GL_FRAMEBUFFER_COMPLETE; }
GLenum GL_APIENTRY waitSync(GLsync, GLbitfield, GLuint64) { return GL_ALREADY_SIGNALED; }
GLboolean GL_APIENTRY unmap(GLenum) { return GL_TRUE; }
GLsync GL_APIENTRY fence(GLenum, GLbitfield) {
  static std::byte token;
  return reinterpret_cast<GLsync>(&token);
}

void GL_APIENTRY bindBuffer(GLenum target, GLuint name) {
  if (target == GL_PIXEL_PACK_BUFFER) packBuffer = name;
}

void* GL_APIENTRY mapRange(GLenum, GLintptr, GLsizeiptr length, GLbitfield) {
  mapped.assign(static_cast<std::size_t>(length), std::byte{0});
  return mapped.data();
}

void GL_APIENTRY readPixels(GLint, GLint, GLsizei width, GLsizei height, GLenum, GLenum type,
                            void* pixels) {
  if (packBuffer != 0) return;
  const std::size_t channel = type == GL_UNSIGNED_BYTE ? 1 : type == GL_SHORT ? 2 : 4;
  std::memset(pixels, 0,
              static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4 * channel);
}

template <int esMajor>
void fillAnswers(Functions& table) {
  table.genBuffers = genNames;
  table.genFramebuffers = genNames;
  table.genTextures = genNames;
  table.createShader = createShader;
  table.createProgram = createProgram;
  table.getString = getString<esMajor>;
  table.getIntegerv = getIntegerv<esMajor>;
  table.getShaderiv = getStatus;
  table.getProgramiv = getStatus;
  table.getShaderPrecisionFormat = getPrecision;
  table.checkFramebufferStatus = framebufferStatus;
  table.clientWaitSync = waitSync;
  table.fenceSync = fence;
  table.bindBuffer = bindBuffer;
  table.mapBufferRange = mapRange;
  table.unmapBuffer = unmap;
  table.readPixels = readPixels;
}

}  // namespace

Functions nullFunctions(int esMajor) {
  Functions table;
#define GLINT_GL_ES2(member, name, upper) table.member = Nothing<PFNGL##upper##PROC>::call;
#define GLINT_GL_ES3(member, name, upper) GLINT_GL_ES2(member, name, upper)
#define GLINT_GL_EXT(member, name, upper)
#include "gpu/gl_functions.def"
#undef GLINT_GL_ES2
#undef GLINT_GL_ES3
#undef GLINT_GL_EXT
  if (esMajor >= 3) {
    fillAnswers<3>(table);
    return table;
  }
  fillAnswers<2>(table);
  return es2View(table);
}

}  // namespace glint::gpu
