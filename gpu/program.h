/// Linked shader programs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gpu/handle.h"

namespace glint::gpu {

/// A program as the driver saves it; valid for the same device and driver version only.
struct ProgramBinary {
  GLenum format = 0;
  std::vector<std::byte> bytes;
};

/// A move-only linked program. Sources are complete, with `#version` and precisions. Vertex
/// attribute 0 is bound to kCornerAttribute (gpu/fullscreen.h).
/// Setters make the program current and ignore place -1, as OpenGL ES does.
class Program {
 public:
  Program() = default;

  /// Compiles and links, waiting for the driver. `label` names the program in errors.
  /// Errors: Driver, with the driver's log and the stage that failed.
  static Result<Program> create(Context& context, std::string_view vertexSource,
                                std::string_view fragmentSource, std::string_view label);
  /// Loads a saved program. Errors: Unsupported (no binaries here), Driver (the driver refuses).
  static Result<Program> fromBinary(Context& context, const ProgramBinary& binary,
                                    std::string_view label);
  /// Takes over a linked program, e.g. one compiled in a context that shares objects with this.
  static Program wrap(Context& context, GLuint name, std::string_view label);
  /// Gives the name up without deleting it; the object is empty then.
  GLuint release();

  /// Saves the program. Errors: Unsupported (no binaries here), Driver.
  Result<ProgramBinary> binary() const;

  /// Makes it the current program.
  void use() const;
  /// The location of a uniform ("name" or "name[0]"), -1 if unknown or unused; cached.
  int location(std::string_view name);

  void setInt(int place, std::int32_t value);
  void setInt2(int place, std::int32_t x, std::int32_t y);
  void setFloat(int place, float value);
  void setFloat2(int place, float x, float y);
  /// A vec4 array; the number of values is a multiple of 4.
  void setFloat4(int place, std::span<const float> values);
  /// An ivec4 array; the number of values is a multiple of 4.
  void setInt4(int place, std::span<const std::int32_t> values);
  /// A float array.
  void setFloats(int place, std::span<const float> values);
  /// An int array.
  void setInts(int place, std::span<const std::int32_t> values);
  /// The texture unit of a sampler.
  void setSampler(int place, int unit) { setInt(place, unit); }

  const std::string& label() const { return label_; }
  GLuint name() const { return handle_.name(); }
  explicit operator bool() const { return static_cast<bool>(handle_); }

 private:
  const Functions& gl() const { return handle_.context()->gl(); }

  Handle<ObjectKind::Program> handle_;
  std::string label_;
  std::map<std::string, int, std::less<>> locations_;
};

}  // namespace glint::gpu
