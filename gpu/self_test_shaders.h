/// The fragment shaders of the self-test.
#pragma once

#include <span>
#include <string>

#include "gpu/texture.h"

namespace glint::gpu {

/// 16x16 texels, sampler2D `source0` of the same size. Writes (code of the texel's place, loaded
/// red, loaded green, 1 where gl_FragCoord is at a centre). Any ES version.
std::string codesShader(int esMajor);

/// Sampler2D `source0`: row 0 and 1 hold operands a and b of a column as three bytes and a sign,
/// low byte first. Writes the result of operation `row` in the same form. Any ES version.
std::string floatShader(int esMajor);
/// Rows that floatShader writes.
inline constexpr int kFloatRows = 7;

/// One target per format, target i from `sourcei`. ES 3. Rgba32i: rows 0, 1, 2 of the source hold
/// a, b and a shift of 1..31; writes the result of operation `row`, channel by channel. Rgba8ui and
/// Rgba16i: copies the source through float.
std::string integerShader(std::span<const TexelFormat> targets);
/// Rows that integerShader writes.
inline constexpr int kIntRows = 8;

}  // namespace glint::gpu
