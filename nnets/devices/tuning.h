#pragma once

#include <span>
#include <string_view>

#include "nnets/devices/mapping.h"

/// Quick rules: what is chosen for a kind of device before anything is measured. The figures behind
/// them are in docs/drivers.md.
namespace glint {

/// One kind of device.
struct DeviceRule {
  std::string_view name;       ///< "Raspberry Pi 4 and 5 (V3D)"
  std::string_view renderers;  ///< parts of GL_RENDERER that tell it, separated by '|'
  MappingOptions options;
  std::string_view why;
};

/// All rules; the first that fits is used.
std::span<const DeviceRule> deviceRules();

/// The rule of a device, or null: MappingOptions as they are by default.
const DeviceRule* ruleFor(std::string_view renderer);

/// What the rules choose for a device.
MappingOptions mappingFor(std::string_view renderer);

}  // namespace glint
