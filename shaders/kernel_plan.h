#pragma once

#include <array>
#include <string>
#include <vector>

#include "shaders/epilogue_step.h"
#include "shaders/layout.h"

/// One GPU program as plain data: what it fetches, multiplies and stores. Lowering decides
/// everything here; the printer (shaders/print.h) only writes it down.
namespace glint {

enum class Arithmetic {
  Float,  ///< integers in highp float; every intermediate is proven below 2^24
  Int32,  ///< highp int; every intermediate is proven below 2^31 (OpenGL ES 3)
};

/// Where the constants of a program live.
enum class Placement {
  Inline,   ///< literals in the text: fastest where the compiler can fold them
  Uniform,  ///< a uniform array with constant indices: one program for all layers of a shape
  Texture,  ///< weights in a texture, read in loops: any depth, quick to compile
};

std::string_view name(Arithmetic v);
std::string_view name(Placement v);

using Vec4 = std::array<double, 4>;
using IVec4 = std::array<std::int32_t, 4>;

/// Four values that multiply-accumulates use: a texel, or an accumulator that is finished by then.
/// `address` is a slot of the plan's address table, `dx`, `dy` a constant offset in map positions
/// (x: row, y: column). In a loop the loop's position is added.
struct Fetch {
  int operand = 0;
  int plane = 0;
  int address = 0;
  int dx = 0;
  int dy = 0;
  int quarter = 0;  ///< which four values, where a texel holds sixteen
  /// Constants of x -> clamp(x * scale, lo, hi) before use, or -1: used as fetched.
  int scale = -1, lo = -1, hi = -1;
  /// The inner accumulator whose epilogue gives the values, or -1: a texel is fetched.
  int inner = -1;
};

/// Positions of an operand from one output row or column to the next.
struct Stride {
  int x = 1, y = 1;
  bool operator==(const Stride&) const = default;
};

/// Four channels of a sum or maximum, and what becomes of it.
struct Accumulator {
  enum class Reduce {
    Sum,
    Max,
    Saturated,  ///< clamped to lo .. hi, as is each summand, in Int32
  };
  Reduce reduce = Reduce::Sum;
  int init = -1;  ///< of a sum: the constant it starts from, or -1: zero
  std::vector<EpilogueStep> epilogue;
  int lo = -1, hi = -1;  ///< of a saturated sum: constants
};

/// accumulator += constant * fetched.component; all four at once when diagonal, and always in a
/// maximum or saturated sum, which have no constants.
struct Mac {
  static constexpr int kDiagonal = -1;
  int fetch = 0;
  int component = 0;
  int accumulator = 0;
  int constant = 0;
};

/// What the host puts into address slot k at each draw: see Schedule.
struct AddressSlot {
  int operand = 0;
  int tile = 0;
  int age = 0;  ///< of the map in its ring
  bool operator==(const AddressSlot&) const = default;
};

/// How a texture of constants (weights of a loop, a look-up table) holds its entries.
struct ConstantsForm {
  /// Int32: an entry is one texel. Norm8: an entry of four weights takes `texels` texels of codes,
  /// the lowest byte first, each four values plus 128 * 256^(texels-1) in all. Bytes32: an entry is
  /// one value in one texel (tables).
  Storage storage = Storage::Int32;
  int texels = 1;
  bool operator==(const ConstantsForm&) const = default;
};

struct KernelPlan {
  Arithmetic arithmetic = Arithmetic::Float;
  Placement placement = Placement::Uniform;

  std::vector<LayoutForm> operands;
  std::vector<Stride> strides;  ///< by operand
  LayoutForm output;
  int targets = 1;
  /// The component that is stored where an output texel holds one value.
  int storedComponent = 0;

  /// The fetches and multiply-accumulates are the body of loops over (tiles, window x, window y).
  /// With Placement::Texture each iteration reads the next `macs.size()` weights; otherwise all
  /// iterations use the same constants.
  bool loop = false;
  /// Iterations of the loops: in the text where GLSL wants constants (ES 2), else uniforms.
  std::array<int, 3> loopCounts{1, 1, 1};

  /// The sum is kept in two limbs, high * 4096 + low. Behind each of these numbers of
  /// multiply-accumulates, 0 too, the low limb's carry moves to the high one; in a loop, in each
  /// iteration. At the end the high limb is clamped to -4095 .. 4095 and both become one float,
  /// unless the target's first step takes limbs. Empty: one float or int.
  std::vector<int> carries;

  ConstantsForm weights;       ///< with Placement::Texture
  ConstantsForm table;         ///< with a LookUp step
  int constantsPerRow = 1024;  ///< texels a row of both textures; a power of two

  std::vector<AddressSlot> addresses;
  std::vector<Fetch> fetches;
  std::vector<Mac> macs;  ///< ordered by fetch
  /// Those that are stored, of each target as many as its texels hold pages; behind them inner
  /// ones, whose results are fetched: ops that are computed where they are read, rather than in a
  /// pass of their own.
  std::vector<Accumulator> accumulators;

  std::vector<Vec4> floats;  ///< the float constants
  std::vector<IVec4> ints;   ///< the int constants
  /// The constants are texels of a texture rather than uniforms (OpenGL ES 3): `floats` bit by bit,
  /// behind them `ints`. Some compilers take far longer for a uniform than for a texel.
  bool fetchesConstants = false;

  /// How many accumulators are stored.
  int stored() const { return targets * output.pagesPerTile(); }

  bool inlineConstants() const { return placement == Placement::Inline; }
};

/// Checks a plan: indices in range, steps in a legal order, Int32 never followed by float steps.
/// Returns what is wrong, or an empty text. The printer and the scheduler assert it.
std::string validate(const KernelPlan& plan);

/// Whether the program reads a look-up table.
bool hasTable(const KernelPlan& plan);

/// Multiply-accumulates of one fragment (of one loop iteration when the plan has a loop).
int macsPerFragment(const KernelPlan& plan);

}  // namespace glint
