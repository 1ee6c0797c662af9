#pragma once

#include <vector>

#include "nnets/passes/prove.h"

namespace glint {

/// Removes steps that change nothing on the ranges they meet and joins neighbouring clamps, so that
/// what remains is work. `ranges` are those before the first step.
std::vector<Step> simplify(const std::vector<Step>& steps, std::vector<Interval> ranges);

/// What one unit of the high limb stands for.
constexpr std::int64_t kLimb = 4096;

/// In what an exact sum is held when the steps begin.
enum class SumKind { Float, Limbs, Int };

/// The steps of a quad of channels, `first` and up to three behind it, as the device can do them
/// exactly. `ranges` are those of all channels before the first step; the result is stored as
/// `storage`. Errors: Unsupported.
Result<std::vector<ProvenStep>> proveQuad(const std::vector<Step>& steps,
                                          std::vector<Interval> ranges, std::size_t first,
                                          SumKind sum, Storage storage,
                                          const ArithmeticRules& rules);

}  // namespace glint
