#include "gpu/program_build.h"

#include <algorithm>
#include <utility>

#include "gpu/fullscreen.h"

namespace glint::gpu {
namespace {

Handle<ObjectKind::Shader> compile(Context& context, GLenum stage, std::string_view source) {
  const Functions& gl = context.gl();
  auto shader = Handle<ObjectKind::Shader>::wrap(context, gl.createShader(stage));
  const GLchar* text = source.data();
  const auto length = static_cast<GLint>(source.size());
  gl.shaderSource(shader.name(), 1, &text, &length);
  gl.compileShader(shader.name());
  return shader;
}

/// Lines of a driver's log that go into an error: some print thousands.
constexpr int kLogLines = 6;

std::string firstLines(std::string text) {
  std::size_t end = 0;
  for (int line = 0; line < kLogLines; ++line) {
    end = text.find('\n', end);
    if (end == std::string::npos) return text;
    ++end;
  }
  const auto more =
      1 + std::count(text.begin() + static_cast<std::ptrdiff_t>(end), text.end(), '\n');
  return text.substr(0, end) + "... and " + std::to_string(more) + " lines more";
}

/// Reads a log with the getter pair of shaders or of programs, without trailing blanks.
template <typename GetInt, typename GetLog>
std::string logOf(GLuint name, GetInt getInt, GetLog getLog) {
  GLint size = 0;
  getInt(name, GL_INFO_LOG_LENGTH, &size);
  std::string text(static_cast<std::size_t>(size > 0 ? size : 0), '\0');
  GLsizei written = 0;
  if (size > 0) getLog(name, size, &written, text.data());
  text.resize(static_cast<std::size_t>(written > 0 ? written : 0));
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text.empty() ? "the driver gives no reason" : firstLines(std::move(text));
}

bool compiled(const Functions& gl, GLuint shader) {
  GLint status = 0;
  gl.getShaderiv(shader, GL_COMPILE_STATUS, &status);
  return status != 0;
}

}  // namespace

ProgramBuild ProgramBuild::start(Context& context, std::string_view vertexSource,
                                 std::string_view fragmentSource, std::string_view label) {
  const Functions& gl = context.gl();
  ProgramBuild build;
  build.label_ = label;
  if (context.lost()) return build;
  build.vertex_ = compile(context, GL_VERTEX_SHADER, vertexSource);
  build.fragment_ = compile(context, GL_FRAGMENT_SHADER, fragmentSource);
  build.program_ = Handle<ObjectKind::Program>::wrap(context, gl.createProgram());
  const GLuint program = build.program_.name();
  gl.attachShader(program, build.vertex_.name());
  gl.attachShader(program, build.fragment_.name());
  gl.bindAttribLocation(program, 0, kCornerAttribute);
  if (context.capabilities().programBinary && gl.programParameteri != nullptr) {
    gl.programParameteri(program, GL_PROGRAM_BINARY_RETRIEVABLE_HINT, GL_TRUE);
  }
  gl.linkProgram(program);
  return build;
}

bool ProgramBuild::ready() const {
  if (!program_ || !program_.context()->capabilities().parallelCompile) return true;
  GLint complete = 0;
  program_.context()->gl().getProgramiv(program_.name(), GL_COMPLETION_STATUS_KHR, &complete);
  return complete != 0;
}

Result<Program> ProgramBuild::finish() {
  ProgramBuild build = std::move(*this);
  const std::string who = "program '" + build.label_ + "'";
  if (!build.program_) return Error{Errc::Driver, who + ": the driver makes no program object"};
  Context& context = *build.program_.context();
  const Functions& gl = context.gl();
  const GLuint name = build.program_.name();
  GLint linked = 0;
  gl.getProgramiv(name, GL_LINK_STATUS, &linked);
  if (linked == 0) {
    GLINT_TRY(context.requireAlive());
    for (const auto* shader : {&build.vertex_, &build.fragment_}) {
      if (compiled(gl, shader->name())) continue;
      const char* stage = shader == &build.vertex_ ? "vertex" : "fragment";
      return Error{Errc::Driver, who + ": the " + stage + " shader does not compile: " +
                                     logOf(shader->name(), gl.getShaderiv, gl.getShaderInfoLog)};
    }
    return Error{Errc::Driver,
                 who + " does not link: " + logOf(name, gl.getProgramiv, gl.getProgramInfoLog)};
  }
  GLINT_TRY(context.check(who));
  ++context.counters().programsCompiled;
  return Program::wrap(context, build.program_.release(), build.label_);
}

}  // namespace glint::gpu
