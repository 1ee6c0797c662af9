#pragma once

#include <cstdint>
#include <vector>

#include "shaders/kernel_plan.h"

namespace glint {

/// The texels of a look-up table: plain integers where textures hold them, else bytes. Fills
/// `form`.
std::vector<IVec4> encodeTable(const std::vector<std::int32_t>& table, bool integerTextures,
                               ConstantsForm& form);

/// The texels of weights, likewise; of bytes as few as the largest weight needs (at most three).
std::vector<IVec4> encodeWeights(std::vector<IVec4> weights, bool integerTextures,
                                 ConstantsForm& form);

/// The texels of KernelPlan::fetchesConstants.
std::vector<IVec4> encodeConstants(const KernelPlan& plan);

/// KernelPlan::carries of a float sum in two limbs: a carry wherever a low limb could otherwise
/// leave the integers below 2^floatBits. `bounds` says by multiply-accumulate, and channel of its
/// target, how far it can move the sum.
std::vector<int> carriesOf(const KernelPlan& plan, const std::vector<Vec4>& bounds, int floatBits);

}  // namespace glint
