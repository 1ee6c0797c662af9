#pragma once

#include <string>

#include "apps/glint/stream.h"
#include "core/result.h"

namespace glint::cli {

/// What errors call the input: its first file, or standard input.
std::string inputName(const StreamOptions& options);

/// That no file which `glint stream` writes is one that it reads, or writes twice. One snapshot may
/// be restored and written again. That they can be written, as
/// far as it shows now: nothing is opened. Errors: Value, File.
Status checkFiles(const StreamOptions& options);

}  // namespace glint::cli
