#pragma once

#include <string>
#include <utility>
#include <vector>

#include "shaders/kernel_plan.h"

namespace glint {

/// The language version a program is printed for.
struct Dialect {
  int es = 3;  ///< 3: GLSL ES 3.00
};

/// Names of the uniforms of a printed program.
namespace uniforms {
/// ivec4 array, all that changes from draw to draw (drawVectors):
///   one a address slot: (column, row) to add to position * stride
///   one an operand, when any operand has phases: (column, row) of the window, tile pitch
///   two, with a loop: (tiles, window x, window y, tiles a row), (column pitch, row pitch)
inline constexpr const char* kDraw = "uD";
inline constexpr const char* kFloats = "uF";   ///< vec4[floats], unless placed inline
inline constexpr const char* kInts = "uI";     ///< ivec4[ints], unless placed inline
inline constexpr const char* kWeights = "uW";  ///< isampler2D: weights of a loop
inline constexpr const char* kTable = "uT";    ///< isampler2D: a look-up table, in the red channel
inline constexpr int kConstantsPerRow = 1024;  ///< texels a row of these two
/// The sampler of one plane of one operand: "s<operand>_<plane>".
std::string sampler(int operand, int plane);
}  // namespace uniforms

/// Where the parts of the draw array begin.
struct DrawVectors {
  int phases = 0;  ///< index of operand 0's entry
  int loop = 0;    ///< index of the first loop entry
  int count = 0;
};
DrawVectors drawVectors(const KernelPlan& plan);

/// The samplers of a program as (operand, plane), in the order of their texture units; the weight
/// texture and the look-up table, if any, come after them.
std::vector<std::pair<int, int>> samplersOf(const KernelPlan& plan);

/// The fragment shader of `plan`. The same plan and dialect give the same bytes, and plans that
/// differ only in constants give the same text unless they are placed inline.
std::string printFragment(const KernelPlan& plan, Dialect dialect);

}  // namespace glint
