/// The EGL displays of this machine: each a way to a GPU (or a software rasteriser).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platform/egl/egl_library.h"

namespace glint::egl {

/// How a display is reached.
enum class DisplayKind {
  Surfaceless,  ///< EGL_MESA_platform_surfaceless: no window system needed.
  Device,       ///< EGL_EXT_platform_device, one for each device.
  Default,      ///< eglGetDisplay(EGL_DEFAULT_DISPLAY): the running window system's.
};

/// One display, usable or not.
struct EglDisplayInfo {
  int index = 0;  ///< Place in the list; select by it.
  DisplayKind kind = DisplayKind::Surfaceless;
  int device = -1;                      ///< Number of the EGL device, for DisplayKind::Device.
  std::string name;                     ///< "surfaceless", "device 0" or "default".
  bool software = false;                ///< A device known to be a software rasteriser.
  bool usable = false;                  ///< A GL ES context can be made; known after listDisplays.
  std::string reason;                   ///< Why it is not usable.
  std::string vendor;                   ///< EGL_VENDOR.
  std::string version;                  ///< EGL_VERSION.
  std::string renderer;                 ///< GL_RENDERER of a context: the device's name.
  std::string glVersion;                ///< GL_VERSION of the same context.
  EGLDisplay display = EGL_NO_DISPLAY;  ///< Initialised; never terminated.
};

/// The displays there may be, best first: hardware devices, surfaceless, default, software devices.
/// None is opened yet: cheap.
std::vector<EglDisplayInfo> candidateDisplays(const EglLibrary& library);

/// Gets and initialises a candidate; fills display, vendor, version. Errors: Driver.
Status openDisplay(const EglLibrary& library, EglDisplayInfo& info);

/// All candidates, opened, with a context made on each for a moment to learn the renderer; the
/// thread's current context is put back. Slow: one driver start per display.
std::vector<EglDisplayInfo> listDisplays(const std::shared_ptr<const EglLibrary>& library);

/// Picks a candidate. `selector` is an index ("1") or a part of `name` or `renderer` in any case
/// ("surfaceless", "llvmpipe"). Names are tried before renderers, which need listDisplays().
/// Errors: Driver (none fits; the message lists what there is).
Result<EglDisplayInfo> selectDisplay(const std::shared_ptr<const EglLibrary>& library,
                                     std::string_view selector);

}  // namespace glint::egl
