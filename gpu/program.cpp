#include "gpu/program.h"

#include <cassert>
#include <utility>

#include "gpu/program_build.h"

namespace glint::gpu {

Result<Program> Program::create(Context& context, std::string_view vertexSource,
                                std::string_view fragmentSource, std::string_view label) {
  GLINT_TRY(context.requireAlive());
  return ProgramBuild::start(context, vertexSource, fragmentSource, label).finish();
}

Result<Program> Program::fromBinary(Context& context, const ProgramBinary& binary,
                                    std::string_view label) {
  GLINT_TRY(context.requireAlive());
  if (!context.capabilities().programBinary) {
    return Error{Errc::Unsupported, "this driver saves no programs"};
  }
  const Functions& gl = context.gl();
  Program program = wrap(context, gl.createProgram(), label);
  const auto size = static_cast<GLsizei>(binary.bytes.size());
  if (gl.programBinary != nullptr) {
    gl.programBinary(program.name(), binary.format, binary.bytes.data(), size);
  } else {
    gl.programBinaryOes(program.name(), binary.format, binary.bytes.data(), size);
  }
  GLint linked = 0;
  gl.getProgramiv(program.name(), GL_LINK_STATUS, &linked);
  GLINT_TRY(context.check("loading the saved program '" + program.label_ + "'"));
  if (linked == 0) {
    return Error{Errc::Driver, "the driver refuses the saved program '" + program.label_ + "'"};
  }
  ++context.counters().programsLoaded;
  return program;
}

Program Program::wrap(Context& context, GLuint name, std::string_view label) {
  Program program;
  program.handle_ = Handle<ObjectKind::Program>::wrap(context, name);
  program.label_ = label;
  return program;
}

GLuint Program::release() {
  locations_.clear();
  return handle_.release();
}

Result<ProgramBinary> Program::binary() const {
  assert(handle_);
  Context& context = *handle_.context();
  GLINT_TRY(context.requireAlive());
  if (!context.capabilities().programBinary) {
    return Error{Errc::Unsupported, "this driver saves no programs"};
  }
  GLint size = 0;
  gl().getProgramiv(name(), GL_PROGRAM_BINARY_LENGTH, &size);
  ProgramBinary binary;
  binary.bytes.resize(static_cast<std::size_t>(size > 0 ? size : 0));
  GLsizei written = 0;
  const auto save =
      gl().getProgramBinary != nullptr ? gl().getProgramBinary : gl().getProgramBinaryOes;
  save(name(), size, &written, &binary.format, binary.bytes.data());
  GLINT_TRY(context.check("saving the program '" + label_ + "'"));
  if (written <= 0 || written > size) {
    return Error{Errc::Driver, "the driver gives no binary of the program '" + label_ + "'"};
  }
  binary.bytes.resize(static_cast<std::size_t>(written));
  return binary;
}

void Program::use() const {
  assert(handle_);
  handle_.context()->useProgram(handle_.name());
}

int Program::location(std::string_view uniform) {
  assert(handle_);
  if (const auto found = locations_.find(uniform); found != locations_.end()) return found->second;
  std::string text(uniform);
  const int place = gl().getUniformLocation(name(), text.c_str());
  locations_.emplace(std::move(text), place);
  return place;
}

void Program::setInt(int place, std::int32_t value) {
  use();
  gl().uniform1i(place, value);
}

void Program::setInt2(int place, std::int32_t x, std::int32_t y) {
  use();
  gl().uniform2i(place, x, y);
}

void Program::setFloat(int place, float value) {
  use();
  gl().uniform1fv(place, 1, &value);
}

void Program::setFloat2(int place, float x, float y) {
  use();
  const GLfloat values[2] = {x, y};
  gl().uniform2fv(place, 1, values);
}

void Program::setFloat4(int place, std::span<const float> values) {
  assert(values.size() % 4 == 0);
  use();
  gl().uniform4fv(place, static_cast<GLsizei>(values.size() / 4), values.data());
}

void Program::setInt4(int place, std::span<const std::int32_t> values) {
  assert(values.size() % 4 == 0);
  use();
  gl().uniform4iv(place, static_cast<GLsizei>(values.size() / 4), values.data());
}

void Program::setFloats(int place, std::span<const float> values) {
  use();
  gl().uniform1fv(place, static_cast<GLsizei>(values.size()), values.data());
}

void Program::setInts(int place, std::span<const std::int32_t> values) {
  use();
  gl().uniform1iv(place, static_cast<GLsizei>(values.size()), values.data());
}

}  // namespace glint::gpu
