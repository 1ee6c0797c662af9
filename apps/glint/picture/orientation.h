#pragma once

#include <cstddef>
#include <span>

#include "apps/glint/picture/image.h"

namespace glint::picture {

/// The EXIF orientation of a JPEG, 1..8; 1 (as stored) when it has none or a damaged one. Cameras
/// store portraits lying down and say so there. Source: CIPA DC-008 (Exif 2.32), tag 0x0112.
int exifOrientation(std::span<const std::byte> jpeg);

/// The picture as it is meant to be seen.
Image upright(const Image& stored, int orientation);

}  // namespace glint::picture
