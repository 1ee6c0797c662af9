#pragma once

#include <vector>

#include "core/result.h"
#include "nnets/devices/mapping.h"
#include "nnets/graph/op_graph.h"
#include "nnets/passes/prove.h"
#include "shaders/kernel_plan.h"

namespace glint {

/// What one draw needs besides its program.
struct BuiltKernel {
  KernelPlan plan;
  /// What an operand of the plan is, and what to add to position * stride for the map position
  /// where the window of the output's position (0, 0) begins.
  struct Operand {
    int value = -1;
    int originX = 0, originY = 0;
  };
  std::vector<Operand> operands;  ///< by operand of the plan
  std::vector<IVec4> weights;     ///< texels of the weight texture, with Placement::Texture
  std::vector<IVec4> table;       ///< texels of the look-up table, if the op has one
};

/// What all kernels of a schedule are built from.
struct KernelSources {
  const OpGraph& graph;
  const std::vector<Proof>& proofs;  ///< by op
  const Mapping& mapping;
  const std::vector<LayoutForm>& forms;  ///< by value; only of those that lie in textures
  const DeviceLimits& limits;
};

/// The program of pass `pass` of op `op`; ops that Mapping puts into it become inner accumulators.
BuiltKernel buildKernel(const KernelSources& from, int op, const PassMapping& pass);

/// The form in which `value` is stored when it is written by `mapping` (null: fed by the host,
/// which deals pages to as many planes as the device draws at once); `bytes` is how the device is
/// to hold bytes (MappingOptions).
LayoutForm formFor(const Value& value, const OpMapping* mapping, bool phased,
                   const DeviceLimits& limits, Storage bytes);

}  // namespace glint
