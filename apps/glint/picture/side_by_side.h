#pragma once

#include <string>
#include <vector>

#include "apps/glint/picture/image.h"

/// A picture that shows what enlarging does: the same detail three ways, next to each other.
namespace glint::picture {

/// Nearest neighbour, bicubic and `enlarged` of the most detailed part of `original`, magnified
/// and labelled. `enlarged` is a whole multiple of `original`. Errors (Value): it is not.
Result<Image> sideBySide(const Image& original, const Image& enlarged);

}  // namespace glint::picture
