/// Start-up check that this driver computes integers exactly.
#pragma once

#include <string>
#include <vector>

#include "gpu/context/context.h"

namespace glint::gpu {

/// Outcome of one check.
struct SelfTestCheck {
  std::string name;  ///< Short and stable, e.g. "codes".
  bool passed = false;
  std::string detail;  ///< What was checked, or the first wrong value with the expected one.
};

/// Outcome of all checks that apply to the context.
struct SelfTestReport {
  std::vector<SelfTestCheck> checks;

  /// True when every check passed (and there was one).
  bool passed() const;
  /// The first failure in words; empty when all passed.
  std::string firstFailure() const;
};

/// Runs a few tiny programs on run-time values and compares with the host:
///   highp      highp float is binary32 (only listed when it fails)
///   codes      all 256 codes through (n+.25)/255. and floor(v*255.+.5), gl_FragCoord at centres
///   float-24   + - * < floor clamp of highp float at the edges of 2^24
///   int-32     + - * < >> << clamp of highp int with wrap-around, in RGBA32I (ES 3)
///   rgba8ui, rgba16i   store and load of all codes and of the extreme values (ES 3)
/// A driver that fails must be refused. Errors: Driver, when a check could not be run at all.
Result<SelfTestReport> runSelfTest(Context& context);

}  // namespace glint::gpu
