#pragma once

#include <vector>

namespace glint {

/// A step on an accumulator (four channels). Constants F0, I0, ... are indices into the float or
/// int table; a threshold has any number of them, the other steps as many as they name.
struct EpilogueStep {
  enum class Kind {
    ClampFloat,      ///< a = clamp(a, F0, F1)
    OffsetFloat,     ///< a += F0
    ScaleFloor,      ///< a = floor(a * F0 + .5)
    TwoLimbFloor,    ///< h = floor(a / 4096), l = a - 4096 h;
                     ///< a = floor((h * F0 + floor(l * F0 / 4096) + F1) * F2)
    JoinFloor,       ///< TwoLimbFloor of a sum that is still in two limbs; only as the first step
    StoreLimbs,      ///< the sum stays in two limbs until it is stored as Bytes32; the only step
    LimbScale,       ///< h, l likewise; a = h * F0 + floor(l * F1 + .5)
    ThresholdFloat,  ///< a = (F0 < a) + (F1 < a) + ...
    ThresholdLimbs,  ///< the same of a sum that is still in two limbs h, a, with bounds F0 * 4096 +
                     ///< F1, F2 * 4096 + F3, ...; only as the first step
    ToInt,           ///< from here on the accumulator is an ivec4
    ClampInt,        ///< a = clamp(a, I0, I1)
    OffsetInt,       ///< a += I0
    RescaleInt,      ///< a *= I0; a = (a >> I1) + ((a >> I2) & I3)
    ThresholdInt,    ///< a = (I0 < a) + (I1 < a) + ...
    LookUp,          ///< a = table[a + 1024], a in -1024 .. 1023, float or int as it comes
    CountSpikes,     ///< a = min(floor(max(a, 0) / F1), F2) with F0 about 1 / F1
    TakeSpikes,      ///< a -= F3 * the same
    ResetSpiking,    ///< a = (a < F0 ? a : 0) + F1
    Abs,             ///< a = |a|, likewise
    ShiftInt,        ///< a = a >> I0
    Exp2Int,         ///< a = a < 0 ? 0 : 1 << a, a at most 30
    DivideInt,       ///< a = a > 0 ? I0 / a * I1 : 0, I0 not negative, I0 + a below 2^31
  };
  Kind kind;
  std::vector<int> constants;
};

/// Whether a step of this kind begins with a sum in two limbs.
bool takesLimbs(EpilogueStep::Kind kind);

/// Whether a step of this kind counts how many bounds the accumulator reaches.
bool isThreshold(EpilogueStep::Kind kind);

/// On what a step of this kind works; an ivec4 takes constants of the int table.
enum class NumberKind { Float, Int, Either };
NumberKind numberOf(EpilogueStep::Kind kind);

/// How many constants a step of this kind has; -1: one or more.
int constantsOf(EpilogueStep::Kind kind);

}  // namespace glint
