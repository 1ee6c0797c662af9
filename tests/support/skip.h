#pragma once

#include <string>

namespace glint::test {

/// Notes that a test case cannot run here and why ("no OpenGL ES 3 context"); the case then
/// returns. An executable whose cases skipped and checked nothing exits with 77, which ctest calls
/// skipped.
void skip(const std::string& reason);

}  // namespace glint::test
