#include "gpu/fullscreen.h"

#include <cassert>

namespace glint::gpu {
namespace {

/// Corners of a triangle that covers clip space; the viewport clips the rest.
constexpr GLfloat kCorners[] = {-1.f, -1.f, 3.f, -1.f, -1.f, 3.f};

constexpr std::string_view kVertexEs2 =
    "#version 100\n"
    "attribute highp vec2 glintCorner;\n"
    "uniform highp vec4 uV;\n"
    "varying highp vec2 glintAt;\n"
    "void main() {\n"
    "  glintAt = uV.xy + (glintCorner * .5 + .5) * uV.zw;\n"
    "  gl_Position = vec4(glintCorner, 0., 1.);\n"
    "}\n";

/// As a float, since SwiftShader 4.1 draws nothing when gl_VertexID itself is compared.
constexpr std::string_view kVertexEs3 =
    "#version 300 es\n"
    "void main() {\n"
    "  float corner = float(gl_VertexID);\n"
    "  gl_Position = vec4(corner == 1. ? 3. : -1., corner == 2. ? 3. : -1., 0., 1.);\n"
    "}\n";

}  // namespace

std::string_view fullscreenVertexShader(int esMajor) {
  return esMajor >= 3 ? kVertexEs3 : kVertexEs2;
}

Result<Fullscreen> Fullscreen::create(Context& context) {
  GLINT_TRY(context.requireAlive());
  Fullscreen fullscreen;
  fullscreen.context_ = &context;
  if (context.es3()) return fullscreen;
  const Functions& gl = context.gl();
  GLuint name = 0;
  gl.genBuffers(1, &name);
  fullscreen.buffer_ = Handle<ObjectKind::Buffer>::wrap(context, name);
  gl.bindBuffer(GL_ARRAY_BUFFER, name);
  gl.bufferData(GL_ARRAY_BUFFER, sizeof kCorners, kCorners, GL_STATIC_DRAW);
  gl.enableVertexAttribArray(0);
  GLINT_TRY(context.check("the buffer of the full-screen triangle"));
  return fullscreen;
}

void Fullscreen::draw(const Rect& viewport) {
  assert(context_ != nullptr);
  const Functions& gl = context_->gl();
  context_->collect();
  context_->setViewport(viewport.x, viewport.y, viewport.width, viewport.height);
  if (buffer_) {
    gl.bindBuffer(GL_ARRAY_BUFFER, buffer_.name());
    gl.vertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, nullptr);
  }
  gl.drawArrays(GL_TRIANGLES, 0, 3);
  ++context_->counters().draws;
}

}  // namespace glint::gpu
