#include "gpu/self_test_shaders.h"

namespace glint::gpu {
namespace {

/// Lets one text serve both GLSL ES 1.00 and 3.00.
std::string head(int esMajor) {
  if (esMajor < 3) {
    return "#version 100\n"
           "precision highp float;\n"
           "#define LOAD texture2D\n"
           "#define RESULT gl_FragColor\n";
  }
  return "#version 300 es\n"
         "precision highp float;\n"
         "#define LOAD texture\n"
         "layout(location = 0) out highp vec4 RESULT;\n";
}

}  // namespace

std::string codesShader(int esMajor) {
  return head(esMajor) +
         "uniform highp sampler2D source0;\n"
         "void main() {\n"
         "  vec2 place = floor(gl_FragCoord.xy);\n"
         "  vec4 codes = floor(LOAD(source0, gl_FragCoord.xy / 16.) * 255. + .5);\n"
         "  vec2 off = gl_FragCoord.xy - place - .5;\n"
         "  float centred = (off.x == 0. && off.y == 0.) ? 1. : 0.;\n"
         "  RESULT = (vec4(place.x + 16. * place.y, codes.xy, centred) + .25) / 255.;\n"
         "}\n";
}

std::string floatShader(int esMajor) {
  return head(esMajor) +
         "uniform highp sampler2D source0;\n"
         "uniform highp vec2 scale;\n"
         "float operand(float row) {\n"
         "  vec2 at = vec2(gl_FragCoord.x, row + .5) * scale;\n"
         "  vec4 v = floor(LOAD(source0, at) * 255. + .5);\n"
         "  return (v.x + v.y * 256. + v.z * 65536.) * (1. - 2. * v.w);\n"
         "}\n"
         "void main() {\n"
         "  float a = operand(0.), b = operand(1.), row = floor(gl_FragCoord.y), r;\n"
         "  float ah = floor(a * (1. / 4096.)), al = a - ah * 4096.;\n"
         "  float bl = b - floor(b * (1. / 4096.)) * 4096.;\n"
         "  if (row < .5) r = a + b;\n"
         "  else if (row < 1.5) r = a - b;\n"
         "  else if (row < 2.5) r = al * bl;\n"
         "  else if (row < 3.5) r = floor(a * (1. / 8.) + .5);\n"
         "  else if (row < 4.5) r = floor((ah * bl + floor(al * bl * (1. / 4096.)) + 4.) * .125);\n"
         "  else if (row < 5.5) r = clamp(a, -1000., 70000.) - floor(b * (1. / 65536.));\n"
         "  else r = dot(vec2(lessThan(vec2(a, b), vec2(b, a))), vec2(1., 2.));\n"
         "  float m = abs(r), h = floor(m * (1. / 65536.));\n"
         "  float n = floor((m - h * 65536.) * (1. / 256.));\n"
         "  vec4 bytes = vec4(m - h * 65536. - n * 256., n, h, r < 0. ? 1. : 0.);\n"
         "  RESULT = (bytes + .25) / 255.;\n"
         "}\n";
}

std::string integerShader(std::span<const TexelFormat> targets) {
  std::string head = "#version 300 es\nprecision highp float;\nprecision highp int;\n";
  std::string body = "void main() {\n  ivec2 at = ivec2(gl_FragCoord.xy);\n";
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const std::string n = std::to_string(i);
    const std::string kind = targets[i] == TexelFormat::Rgba8ui ? "u" : "i";
    head += "uniform highp " + kind + "sampler2D source" + n + ";\nlayout(location = " + n +
            ") out highp " + kind + "vec4 result" + n + ";\n";
    if (targets[i] != TexelFormat::Rgba32i) {
      body += "  result" + n + " = " + kind + "vec4(vec4(texelFetch(source" + n + ", at, 0)));\n";
      continue;
    }
    body += "  ivec4 a = texelFetch(source" + n + ", ivec2(at.x, 0), 0), r;\n" +
            "  ivec4 b = texelFetch(source" + n + ", ivec2(at.x, 1), 0);\n" +
            "  ivec4 s = texelFetch(source" + n + ", ivec2(at.x, 2), 0);\n" +
            "  if (at.y == 0) r = a + b;\n"
            "  else if (at.y == 1) r = a - b;\n"
            "  else if (at.y == 2) r = a * b;\n"
            "  else if (at.y == 3) r = a >> s;\n"
            "  else if (at.y == 4) r = (a >> s) + ((a >> (s - 1)) & 1);\n"
            "  else if (at.y == 5) r = clamp(a, min(b, s), max(b, s));\n"
            "  else if (at.y == 6) r = a << s;\n"
            "  else r = ivec4(lessThan(a, b)) + 2 * ivec4(lessThan(b, a));\n"
            "  result" +
            n + " = r;\n";
  }
  return head + body + "}\n";
}

}  // namespace glint::gpu
