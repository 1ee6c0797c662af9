#pragma once

#include <array>
#include <string>
#include <string_view>

#include "shaders/layout.h"

namespace glint {

/// The language version a program is printed for, and the words in which the versions differ.
/// ES 2 has floats alone: positions and counts are floats that hold integers there.
struct Dialect {
  int es = 3;  ///< 3: GLSL ES 3.00; 2: GLSL ES 1.00

  bool isEs2() const { return es == 2; }
  /// Version and default precisions.
  std::string_view head() const;
  /// Types of a position or offset, of a draw vector, of a count.
  std::string_view vector2() const { return isEs2() ? "vec2" : "ivec2"; }
  std::string_view vector4() const { return isEs2() ? "vec4" : "ivec4"; }
  std::string_view scalar() const { return isEs2() ? "float" : "int"; }
  /// A literal of those types.
  std::string whole(int n) const { return std::to_string(n) + (isEs2() ? "." : ""); }
  std::string whole2(int a, int b) const;
  /// The fragment's position in its target; on ES 2 from a highp varying, as gl_FragCoord is
  /// mediump there (gpu/fullscreen.h).
  std::string_view fragment() const;
  /// The texel of `sampler` at `position`; `size` is the expression of 1 / texture size (ES 2).
  std::string fetch(const std::string& sampler, const std::string& position,
                    const std::string& size) const;
  /// The position of entry `i` of a texture of constants with `perRow` texels a row.
  std::string entry(int perRow) const;
  /// Declares target `t`, where it has to be, and names it.
  std::string declareTarget(int t, Storage storage) const;
  std::string target(int t) const;
  /// The heads of loops over (tiles, window x, window y): `t` is the tile's offset, `w` the
  /// window's. `counts` and `pitch` are expressions of the draw's loop vectors.
  std::string loopHead(const std::array<int, 3>& constantCounts, const std::string& counts,
                       const std::string& pitch) const;
  /// phase(q, pitch): the texel offset of map position q where phases lie in tiles side by side.
  std::string_view phaseFunction() const;
};

}  // namespace glint
