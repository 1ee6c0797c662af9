/// The one thing Glint draws: a triangle over a rectangle of the target.
#pragma once

#include <string_view>

#include "gpu/program.h"
#include "gpu/texture.h"

namespace glint::gpu {

/// Name of vertex attribute 0 in vertex shaders for ES 2: the corner, vec2 in clip space.
inline constexpr const char* kCornerAttribute = "glintCorner";

/// On ES 2 gl_FragCoord is mediump, which is too short for pixels beyond 1024. Its vertex shader
/// gives this varying instead, a highp vec2: the centre of the pixel, give or take a thousandth.
inline constexpr const char* kPositionVarying = "glintAt";
/// The uniform that it needs, a vec4: column, row, width and height of the viewport.
inline constexpr const char* kViewportUniform = "uV";

/// The vertex shader for draw(): GLSL ES 1.00 with kCornerAttribute and kPositionVarying, or GLSL
/// ES 3.00 with gl_VertexID and no output.
std::string_view fullscreenVertexShader(int esMajor);

/// Draws rectangles. Owns a small vertex buffer on ES 2, nothing on ES 3.
class Fullscreen {
 public:
  Fullscreen() = default;
  /// Errors: Driver.
  static Result<Fullscreen> create(Context& context);

  /// Runs the fragment shader once for each texel of `viewport` in the bound framebuffer. The
  /// program must be current and its textures bound. Also collects the context's bin.
  void draw(const Rect& viewport);

 private:
  Context* context_ = nullptr;
  Handle<ObjectKind::Buffer> buffer_;
};

}  // namespace glint::gpu
