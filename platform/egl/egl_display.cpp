#include "platform/egl/egl_display.h"

#include <utility>

namespace glint::egl {
namespace {

constexpr int kMaxDevices = 32;

std::vector<EGLDeviceEXT> devicesOf(const EglLibrary& library) {
  std::vector<EGLDeviceEXT> devices(kMaxDevices);
  EGLint count = 0;
  const bool offered = library.queryDevices != nullptr && library.getPlatformDisplay != nullptr &&
                       library.hasClientExtension("EGL_EXT_platform_device");
  if (!offered || !library.queryDevices(kMaxDevices, devices.data(), &count)) count = 0;
  devices.resize(static_cast<std::size_t>(count));
  return devices;
}

bool isSoftware(const EglLibrary& library, EGLDeviceEXT device) {
  return library.queryDeviceString != nullptr &&
         hasExtension(library.queryDeviceString(device, EGL_EXTENSIONS),
                      "EGL_MESA_device_software");
}

EGLDisplay getDisplayOf(const EglLibrary& library, const EglDisplayInfo& info) {
  switch (info.kind) {
    case DisplayKind::Surfaceless:
      return library.getPlatformDisplay(EGL_PLATFORM_SURFACELESS_MESA,
                                        reinterpret_cast<void*>(EGL_DEFAULT_DISPLAY), nullptr);
    case DisplayKind::Device: {
      const auto devices = devicesOf(library);
      if (static_cast<std::size_t>(info.device) >= devices.size()) return EGL_NO_DISPLAY;
      return library.getPlatformDisplay(EGL_PLATFORM_DEVICE_EXT,
                                        devices[static_cast<std::size_t>(info.device)], nullptr);
    }
    case DisplayKind::Default:
      break;
  }
  return library.getDisplay(EGL_DEFAULT_DISPLAY);
}

std::string text(const EglLibrary& library, EGLDisplay display, EGLint name) {
  const char* value = library.queryString(display, name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

std::vector<EglDisplayInfo> candidateDisplays(const EglLibrary& library) {
  std::vector<EglDisplayInfo> hardware;
  std::vector<EglDisplayInfo> software;
  const auto devices = devicesOf(library);
  for (std::size_t i = 0; i < devices.size(); ++i) {
    EglDisplayInfo info;
    info.kind = DisplayKind::Device;
    info.device = static_cast<int>(i);
    info.name = "device " + std::to_string(i);
    info.software = isSoftware(library, devices[i]);
    (info.software ? software : hardware).push_back(std::move(info));
  }
  std::vector<EglDisplayInfo> all = std::move(hardware);
  if (library.getPlatformDisplay != nullptr &&
      library.hasClientExtension("EGL_MESA_platform_surfaceless")) {
    EglDisplayInfo info;
    info.kind = DisplayKind::Surfaceless;
    info.name = "surfaceless";
    all.push_back(std::move(info));
  }
  EglDisplayInfo fallback;
  fallback.kind = DisplayKind::Default;
  fallback.name = "default";
  all.push_back(std::move(fallback));
  all.insert(all.end(), software.begin(), software.end());
  for (std::size_t i = 0; i < all.size(); ++i) all[i].index = static_cast<int>(i);
  return all;
}

Status openDisplay(const EglLibrary& library, EglDisplayInfo& info) {
  if (info.display != EGL_NO_DISPLAY) return {};
  const EGLDisplay display = getDisplayOf(library, info);
  if (display == EGL_NO_DISPLAY) {
    return Error{Errc::Driver, "EGL display '" + info.name + "' does not exist here"};
  }
  if (!library.initialize(display, nullptr, nullptr)) {
    return Error{Errc::Driver,
                 "EGL display '" + info.name + "' does not start: " + library.lastError()};
  }
  info.display = display;
  info.vendor = text(library, display, EGL_VENDOR);
  info.version = text(library, display, EGL_VERSION);
  return {};
}

}  // namespace glint::egl
