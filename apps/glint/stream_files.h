#pragma once

#include "apps/glint/stream.h"
#include "core/result.h"

namespace glint::cli {

/// That no file which `glint stream` writes is one that it reads, or writes twice. One snapshot may
/// be restored and written again. Errors: Value.
Status checkFiles(const StreamOptions& options);

}  // namespace glint::cli
