#pragma once

#include <string>
#include <vector>

#include "nnets/graph/op_graph.h"
#include "nnets/passes/prove.h"
#include "shaders/dialect.h"
#include "shaders/kernel_plan.h"

/// How ops are laid onto the processors of a device: plain data, and the scheduler's only source of
/// decisions. On a GL device a processor (NP) is one draw buffer of a pass; it computes four
/// filters. Changing a mapping changes what is drawn, never a result.
namespace glint {

/// The limits that mapping and scheduling obey. Tests lower them. The defaults are what every
/// OpenGL ES 3 device has.
struct DeviceLimits {
  Dialect dialect;
  int targets = 4;  ///< draw buffers in one pass
  int textureSize = 4096;
  int textureUnits = 16;
  int uniformVectors = 224;
  ArithmeticRules arithmetic;

  /// What an OpenGL ES 2 device such as a Raspberry Pi Zero has.
  static DeviceLimits es2();
};

/// What one NP does in one pass.
struct NpMapping {
  int target = 0;  ///< draw buffer
  int firstFilter = 0;
  int filters = 0;  ///< 1..16 side by side, as many as an output texel holds; 0: idle
  int phaseX = 0;   ///< of a transposed convolution: which rows and columns of the output
  int phaseY = 0;
  bool operator==(const NpMapping&) const = default;
};

/// NPs that work at the same time: one draw.
struct PassMapping {
  std::vector<NpMapping> nps;
};

struct OpMapping {
  Placement placement = Placement::Uniform;
  bool loop = false;              ///< the kernel loops over pages and window (KernelPlan::loop)
  bool fetchesConstants = false;  ///< KernelPlan::fetchesConstants
  bool phasesAcross = false;      ///< the NPs of a pass share a page and differ in phase
  /// The op in whose passes this one is computed as it is read (Mapping::fused), or -1.
  int into = -1;
  std::vector<PassMapping> passes;

  /// Render targets, which is also the number of planes of the output's layout.
  int targets() const { return passes.empty() ? 0 : static_cast<int>(passes.front().nps.size()); }
};

/// One entry an op.
struct Mapping {
  std::vector<OpMapping> ops;
  /// OpMapping::into holds. Until then, each op is drawn with its own passes; ops that have none
  /// are only ever computed inside others.
  bool fused = false;
};

/// Who reads a value.
struct Readers {
  int inputs = 0;     ///< of ops
  bool host = false;  ///< an output, or something that software needs
};

/// What the default mapper may choose. `inlineBudget` bounds the weights of all inline programs of
/// a model together: compilers need about 0.1 ms for each.
struct MappingOptions {
  bool forcePlacement = false;
  Placement placement = Placement::Uniform;  ///< when forced
  std::int64_t inlineBudget = 16384;
  /// Vec4 weights of one unrolled program that is not inline; more go into a loop.
  int uniformBudget = 96;
  /// Multiply-accumulates of the largest unrolled program.
  std::int64_t programMacs = 65536;
  /// Whether programs with literals are worth compiling behind.
  bool specialises = true;
  /// Four filters times this are the most of one pass, twice as many when specialised: beyond,
  /// programs grow faster than they gain, unless passes are short.
  int mostTargets = 4;
  /// Programs with inline weights will take over: what is chosen now only has to start soon, but
  /// its targets stay.
  bool specialised = false;
  /// Programs that only start a model fetch their constants (KernelPlan::fetchesConstants).
  bool startFetchesConstants = false;
  /// How textures hold bytes: Norm8, or, where there are integer textures, Uint8, or Packed for
  /// values whose channels fill such texels.
  Storage bytes = Storage::Norm8;
  /// How maps lie in textures (Arrangement).
  int align = 4;
  int rasterTile = 0;
  /// A program is compiled once more for textures whose extents are powers of two, or are not:
  /// those of maps never are, those of constants always.
  bool compilesForExtents = false;
  /// Whether ops may be computed in the passes of the op that reads them.
  bool fuse = true;
  /// Multiply-accumulates that take as long as one more pass: work that fusion may repeat.
  std::int64_t passMacs = 2'000'000;
  /// Inner accumulators of one program that live together.
  int mostAccumulators = 16;
};

/// How a value is stored on the device.
Storage storageOf(const Value& value, const DeviceLimits& limits, Storage bytes);

/// The same mapping with inline weights wherever a program stays within options.programMacs, and
/// fused: what is written stays as it is, only programs change.
Mapping withInlineWeights(const Mapping& mapping, const OpGraph& graph,
                          const MappingOptions& options);

/// The default mapper: as many NPs a pass as the device has, inline weights for small models, a
/// uniform array where it is short, else a texture; fused where that pays. `proofs` by op,
/// `readers` by value.
Mapping mapDefault(const OpGraph& graph, const std::vector<Proof>& proofs,
                   const std::vector<Readers>& readers, const DeviceLimits& limits,
                   const MappingOptions& options);

}  // namespace glint
