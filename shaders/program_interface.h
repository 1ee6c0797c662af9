#pragma once

#include <string>
#include <utility>
#include <vector>

#include "shaders/dialect.h"
#include "shaders/kernel_plan.h"

/// What a printed program wants from who draws with it: uniforms and samplers.
namespace glint {

/// Names of the uniforms of a printed program.
namespace uniforms {
/// ivec4 array (vec4 on ES 2), all that changes from draw to draw (drawVectors):
///   one a address slot: (column, row) to add to position * stride
///   one an operand, when any operand has phases or parts: (column, row) of the window, tile pitch,
///   part pitch
///   two, with a loop: (tiles, window x, window y, tiles a row), (column pitch, row pitch)
inline constexpr const char* kDraw = "uD";
inline constexpr const char* kFloats = "uF";     ///< vec4[floats], unless placed inline
inline constexpr const char* kInts = "uI";       ///< ivec4[ints], unless placed inline
inline constexpr const char* kSizes = "uR";      ///< vec4[sizes]: 1 / (columns, rows), ES 2
inline constexpr const char* kWeights = "uW";    ///< weights of a loop
inline constexpr const char* kTable = "uT";      ///< a look-up table
inline constexpr const char* kConstants = "uK";  ///< KernelPlan::fetchesConstants
/// The sampler of one plane of one operand: "s<operand>_<plane>".
std::string sampler(int operand, int plane);
}  // namespace uniforms

/// Where the parts of the draw array begin.
struct DrawVectors {
  int operands = 0;  ///< index of operand 0's entry
  int loop = 0;      ///< index of the first loop entry
  int count = 0;
};
DrawVectors drawVectors(const KernelPlan& plan);

/// Entries of kSizes: one an operand, then the weights', then the table's.
int sizesOf(const KernelPlan& plan);

/// vec4 uniforms that a program takes, of all kinds.
int uniformVectors(const KernelPlan& plan, Dialect dialect);

/// The samplers of a program as (operand, plane), in the order of their texture units; those of
/// constantSamplers come after them.
std::vector<std::pair<int, int>> samplersOf(const KernelPlan& plan);

/// The samplers of what never changes: weights, look-up table, constants, as far as there are any.
std::vector<const char*> constantSamplers(const KernelPlan& plan);

}  // namespace glint
