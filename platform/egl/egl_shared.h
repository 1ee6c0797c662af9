#pragma once

#include "gpu/background_programs.h"
#include "platform/egl/egl_context.h"

namespace glint::egl {

/// A context for another thread that shares programs with `context`, held to the same limits as
/// `options`. Call on the GL thread. Errors: Driver.
Result<std::unique_ptr<gpu::SharedContext>> shareContext(const EglContext& context,
                                                         gpu::ContextOptions options);

}  // namespace glint::egl
