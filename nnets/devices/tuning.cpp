#include "nnets/devices/tuning.h"

#include <array>

namespace glint {
namespace {

/// The defaults with changes.
template <typename F>
constexpr MappingOptions with(F&& change) {
  MappingOptions options;
  change(options);
  return options;
}

constexpr std::array kRules = {
    DeviceRule{"llvmpipe", "llvmpipe", with([](MappingOptions& o) {
                 o.bytes = Storage::Packed;
                 o.passMacs = 0;
                 o.rasterTile = 64;
                 o.startFetchesConstants = true;
                 o.compilesForExtents = true;
               }),
               "literals in RGBA8 textures fold into vector code: 30 GMAC/s against 1 with weights "
               "elsewhere; four targets, eight where passes are short"},
    DeviceRule{"softpipe", "softpipe", with([](MappingOptions& o) { o.specialises = false; }),
               "it interprets: a program is never worth compiling twice"},
    DeviceRule{"SwiftShader 4", "Google SwiftShader|SwiftShader 4",
               with([](MappingOptions& o) { o.programMacs = 4096; }),
               "larger programs are refused: too many temporary registers"},
    DeviceRule{"Raspberry Pi 0 to 3 (VideoCore IV)", "VC4", with([](MappingOptions& o) {
                 o.specialises = false;
                 o.inlineBudget = 0;
                 o.uniformBudget = 400;
                 o.programMacs = 1200;
                 o.mostAccumulators = 6;
               }),
               "literals travel in the uniform stream anyway: uniforms cost the same instructions, "
               "and one program serves all passes"},
    DeviceRule{"Raspberry Pi 4 and 5 (V3D)", "V3D", with([](MappingOptions& o) {
                 o.bytes = Storage::Uint8;
                 o.specialises = false;
                 o.inlineBudget = 0;
                 o.uniformBudget = 400;
                 o.programMacs = 1200;
                 o.mostTargets = 2;
                 o.mostAccumulators = 6;
               }),
               "the same, compiled ten times faster than literals; beyond 1,200 "
               "multiply-accumulates a program spills or takes seconds"},
    DeviceRule{"Adreno", "Adreno|FD6|FD5", with([](MappingOptions& o) {
                 o.bytes = Storage::Uint8;
                 o.programMacs = 4608;
                 o.mostTargets = 2;
               }),
               "literals are 1.2 times faster than uniforms, integer bytes 1.17 times than "
               "normalised ones"},
    DeviceRule{"Mali Bifrost", "Mali-G31|Mali-G51|Mali-G52|Mali-G71|Mali-G72|Mali-G76",
               with([](MappingOptions& o) {
                 o.bytes = Storage::Uint8;
                 o.programMacs = 4608;
                 o.mostTargets = 2;
               }),
               "literals are 2.5 to 5 times faster than uniforms"},
    DeviceRule{"Mali Valhall", "Mali-G", with([](MappingOptions& o) {
                 o.bytes = Storage::Uint8;
                 o.programMacs = 512;
                 o.mostTargets = 2;
               }),
               "many distinct literals spill into loads: small programs, loops for the rest"},
};

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

std::span<const DeviceRule> deviceRules() { return kRules; }

const DeviceRule* ruleFor(std::string_view renderer) {
  for (const DeviceRule& rule : kRules) {
    std::string_view rest = rule.renderers;
    while (!rest.empty()) {
      const std::size_t bar = rest.find('|');
      if (contains(renderer, rest.substr(0, bar))) return &rule;
      rest = bar == std::string_view::npos ? std::string_view() : rest.substr(bar + 1);
    }
  }
  return nullptr;
}

MappingOptions mappingFor(std::string_view renderer) {
  const DeviceRule* rule = ruleFor(renderer);
  return rule == nullptr ? MappingOptions() : rule->options;
}

}  // namespace glint
