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
  std::vector<IVec4> weights;  ///< texels of the weight texture, with Placement::Texture
  std::vector<IVec4> table;    ///< texels of the look-up table, if the op has one
  /// What to add to position * stride before an address: where the window begins, relative to the
  /// map's origin without padding (the padding is the scheduler's, as it depends on the extent).
  int windowX = 0, windowY = 0;
};

/// The program of pass `pass` of op `op`. `operands` and `output` are the layouts' forms, in the
/// order of valuesRead(op).
BuiltKernel buildKernel(const OpGraph& graph, const Op& op, const Proof& proof,
                        const OpMapping& mapping, const PassMapping& pass,
                        const std::vector<LayoutForm>& operands, const LayoutForm& output,
                        const DeviceLimits& limits);

/// The form in which `value` is stored when it is written by `mapping` (null: fed by the host,
/// which deals pages to as many planes as the device draws at once); `bytes` is how the device is
/// to hold bytes (MappingOptions).
LayoutForm formFor(const Value& value, const OpMapping* mapping, bool phased,
                   const DeviceLimits& limits, Storage bytes);

}  // namespace glint
