/// Named workarounds for driver defects. A missing feature is a capability, not a workaround.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gpu/context/capabilities.h"

namespace glint::gpu {

/// One known defect and what Glint does about it.
struct Workaround {
  std::string_view name;                 ///< Stable identifier; can be switched off by it.
  std::string_view symptom;              ///< What goes wrong without it.
  std::string_view device;               ///< Where it was seen.
  std::string_view test;                 ///< The test that shows it works.
  bool (*applies)(const Capabilities&);  ///< Whether this driver is affected.
};

/// llvmpipe's EXT_disjoint_timer_query counts a fraction of the time; Capabilities::timerQuery is
/// cleared.
inline constexpr std::string_view kNoTimerOnLlvmpipe = "llvmpipe-timer-query-wrong";

/// SwiftShader 4 offers to read RGBA8UI as bytes and then writes none; pixelTransfer takes the wide
/// type that every driver has to know.
inline constexpr std::string_view kWideReadOnSwiftShader = "swiftshader-4-reads-no-rgba8ui-bytes";

/// Every workaround that the code implements.
std::span<const Workaround> knownWorkarounds();

/// Names of those that apply to a driver, less the disabled ones.
std::vector<std::string_view> activeWorkarounds(const Capabilities& capabilities,
                                                std::span<const std::string> disabled);

/// Clears the capabilities that the active workarounds take away.
void applyWorkarounds(std::span<const std::string_view> active, Capabilities& capabilities);

}  // namespace glint::gpu
