/// Compilation in two steps, so that a driver with compiler threads can work on several programs.
#pragma once

#include <string>
#include <string_view>

#include "gpu/program.h"

namespace glint::gpu {

/// A program on its way. Start many, then finish them: with Capabilities::parallelCompile they
/// compile side by side; elsewhere start() or finish() does all the work.
class ProgramBuild {
 public:
  ProgramBuild() = default;
  /// Hands the sources to the driver; reports nothing yet.
  static ProgramBuild start(Context& context, std::string_view vertexSource,
                            std::string_view fragmentSource, std::string_view label);

  /// True when finish() will not wait, as far as the driver can tell.
  bool ready() const;
  /// Waits for the driver and gives the program, or its log. Empties this object.
  Result<Program> finish();
  explicit operator bool() const { return static_cast<bool>(program_); }

 private:
  Handle<ObjectKind::Program> program_;
  Handle<ObjectKind::Shader> vertex_;
  Handle<ObjectKind::Shader> fragment_;
  std::string label_;
};

}  // namespace glint::gpu
