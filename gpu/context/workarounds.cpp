/// Source of the figures: measured on the drivers named (docs/drivers.md).
#include "gpu/context/workarounds.h"

#include <algorithm>
#include <array>

namespace glint::gpu {
namespace {

bool isLlvmpipe(const Capabilities& capabilities) {
  return capabilities.timerQuery && capabilities.renderer.rfind("llvmpipe", 0) == 0;
}

bool isSwiftShader4(const Capabilities& capabilities) {
  return capabilities.integerTextures &&
         capabilities.version.find(" SwiftShader 4.") != std::string::npos;
}

constexpr std::array<Workaround, 2> kWorkarounds = {{
    {kNoTimerOnLlvmpipe, "timer queries report 5 to 12 % of the time that passed",
     "Mesa llvmpipe 22.3 and 25.0", "gpu.capabilities", isLlvmpipe},
    {kWideReadOnSwiftShader, "RGBA8UI read as bytes leaves the memory as it was, without an error",
     "SwiftShader 4.1.0.7", "gpu.texture", isSwiftShader4},
}};

}  // namespace

std::span<const Workaround> knownWorkarounds() { return kWorkarounds; }

std::vector<std::string_view> activeWorkarounds(const Capabilities& capabilities,
                                                std::span<const std::string> disabled) {
  std::vector<std::string_view> active;
  for (const Workaround& workaround : kWorkarounds) {
    const bool off = std::find(disabled.begin(), disabled.end(), workaround.name) != disabled.end();
    if (!off && workaround.applies(capabilities)) active.push_back(workaround.name);
  }
  return active;
}

void applyWorkarounds(std::span<const std::string_view> active, Capabilities& capabilities) {
  for (std::string_view name : active) {
    if (name == kNoTimerOnLlvmpipe) capabilities.timerQuery = false;
  }
}

}  // namespace glint::gpu
