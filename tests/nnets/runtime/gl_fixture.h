#pragma once

#include <memory>

#include "gpu/context/context.h"
#include "platform/egl/egl_context.h"

namespace glint::test {

/// A GL context for a test.
struct Gl {
  std::unique_ptr<egl::EglContext> egl;
  std::unique_ptr<gpu::Context> context;
};

/// Opens the default display, held to `limits`; or notes why the test is skipped and gives null.
std::unique_ptr<Gl> openGl(gpu::CapabilityLimits limits = {});

}  // namespace glint::test
