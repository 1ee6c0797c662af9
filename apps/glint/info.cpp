#include <memory>

#include <CLI/CLI.hpp>

#include "apps/glint/commands.h"
#include "apps/glint/device.h"
#include "apps/glint/output.h"
#include "core/table.h"
#include "core/version.h"

namespace glint::cli {
namespace {

Json displaysJson(const std::vector<egl::EglDisplayInfo>& displays) {
  Json list = Json::array();
  for (const egl::EglDisplayInfo& display : displays) {
    Json entry = Json::object();
    entry.set("index", display.index);
    entry.set("name", display.name);
    entry.set("usable", display.usable);
    entry.set("device", display.renderer);
    entry.set("driver", display.glVersion);
    entry.set("reason", display.reason);
    list.push(std::move(entry));
  }
  return list;
}

void printDisplays(const std::vector<egl::EglDisplayInfo>& displays, const std::string& inUse) {
  Table table({">Index", "Name", "Device", "Driver"});
  for (const egl::EglDisplayInfo& display : displays) {
    table.row({std::to_string(display.index) + (display.name == inUse ? " *" : "  "), display.name,
               display.usable ? display.renderer : "not usable",
               display.usable ? display.glVersion : display.reason});
  }
  print("Devices (--device takes an index or a part of a name; * is in use)");
  print(table.toString());
}

Json limitsJson(const gpu::Capabilities& can) {
  Json limits = Json::object();
  limits.set("texture_size", can.maxTextureSize);
  limits.set("draw_buffers", can.maxDrawBuffers);
  limits.set("texture_units", can.fragmentTextureUnits);
  limits.set("uniform_vectors", can.fragmentUniformVectors);
  limits.set("uniform_block_bytes", can.uniformBlockBytes);
  limits.set("highp_float_bits", can.highpFloatBits);
  limits.set("highp_int_bits", can.highpIntBits);
  limits.set("integer_textures", can.integerTextures);
  limits.set("program_binary", can.programBinary);
  limits.set("parallel_compile", can.parallelCompile);
  limits.set("pixel_pack_buffer", can.pixelPackBuffer);
  limits.set("timer_query", can.timerQuery);
  return limits;
}

void printDevice(const Device& device, const std::string& cache) {
  const gpu::Capabilities& can = device.context->capabilities();
  const auto yes = [](bool value) { return value ? "yes" : "no"; };
  print("");
  print("device          " + can.renderer);
  print("vendor          " + can.vendor);
  print("driver          " + can.version);
  print("shaders         " + can.glslVersion);
  print("library         " + device.egl->library().path());
  print(text("OpenGL ES       %d.%d", can.esMajor, can.esMinor) +
        (device.egl->exactVersion() ? ", held to exactly that" : "") +
        (device.egl->strict() ? ", without extensions" : ""));
  print(
      text("limits          textures of %d, %d draw buffers, %d texture units, %d uniform vectors",
           can.maxTextureSize, can.maxDrawBuffers, can.fragmentTextureUnits,
           can.fragmentUniformVectors));
  print(text("numbers         highp float %d bits, highp int %d bits, integer textures: %s",
             can.highpFloatBits, can.highpIntBits, yes(can.integerTextures)));
  print(text("programs        kept on disk: %s, compiled in parallel: %s",
             yes(can.programBinary && !cache.empty()), yes(can.parallelCompile)));
  print("cache           " + (cache.empty() ? "none" : cache));
  std::string workarounds;
  for (const std::string_view name : device.context->workarounds()) {
    workarounds += (workarounds.empty() ? "" : ", ") + std::string(name);
  }
  print("workarounds     " + (workarounds.empty() ? "none needed" : workarounds));
  for (const gpu::SelfTestCheck& check : device.selfTest.checks) {
    print(
        text("self-test       %-10s %s  ", check.name.c_str(), check.passed ? "passed" : "FAILED") +
        check.detail);
  }
}

Json deviceJson(const Device& device, const std::string& cache) {
  const gpu::Capabilities& can = device.context->capabilities();
  Json json = Json::object();
  json.set("version", kVersion);
  json.set("device", can.renderer);
  json.set("vendor", can.vendor);
  json.set("driver", can.version);
  json.set("es", text("%d.%d", can.esMajor, can.esMinor));
  json.set("exact", device.egl->exactVersion());
  json.set("strict", device.egl->strict());
  json.set("egl", device.egl->library().path());
  json.set("limits", limitsJson(can));
  json.set("cache", cache);
  Json workarounds = Json::array();
  for (const std::string_view name : device.context->workarounds()) workarounds.push(name);
  json.set("workarounds", std::move(workarounds));
  Json checks = Json::array();
  for (const gpu::SelfTestCheck& check : device.selfTest.checks) {
    Json entry = Json::object();
    entry.set("name", check.name);
    entry.set("passed", check.passed);
    entry.set("detail", check.detail);
    checks.push(std::move(entry));
  }
  json.set("self_test", std::move(checks));
  json.set("self_test_passed", device.selfTest.passed());
  return json;
}

Result<int> info(const CommonOptions& options) {
  const std::string cache = options.cacheDirectory();
  GLINT_ASSIGN(const auto library, egl::EglLibrary::open());
  const std::vector<egl::EglDisplayInfo> displays = egl::listDisplays(library);
  const auto device = openUntrusted(options);
  if (options.json) {
    Json json = device.ok() ? deviceJson(*device, cache) : Json::object();
    json.set("devices", displaysJson(displays));
    if (!device.ok()) json.set("error", device.error().message);
    printJson(json);
  } else {
    print(std::string("glint ") + kVersion);
    printDisplays(displays, device.ok() ? device->egl->display().name : "");
    if (device.ok()) printDevice(*device, cache);
  }
  if (!device.ok()) {
    note("error: " + device.error().message);
    return kFailed;
  }
  if (device->selfTest.passed()) return kDone;
  note("error: the driver fails the self-test: " + device->selfTest.firstFailure() +
       ". Glint does not use it: update the driver or choose another device");
  return kFailed;
}

}  // namespace

void addInfo(CLI::App& app, Invocation& invocation) {
  CLI::App* command =
      app.add_subcommand("info", "Show devices, driver, limits, self-test and workarounds");
  auto options = std::make_shared<CommonOptions>();
  addCommonOptions(*command, *options);
  command->footer("Example: glint info --device llvmpipe");
  command->callback([options, &invocation] {
    invocation = {[options] { return info(*options); }, options.get()};
  });
}

}  // namespace glint::cli
