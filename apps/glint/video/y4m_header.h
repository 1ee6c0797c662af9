#pragma once

#include <string_view>

#include "apps/glint/video/y4m.h"

namespace glint::video {

/// The first line of a film, without its end. Errors (Format).
Result<Format> parseHeader(std::string_view line);

}  // namespace glint::video
