#pragma once

namespace glint {

/// The version of the library, as in CMakeLists.txt.
inline constexpr const char* kVersion = "0.1.0";

}  // namespace glint
