/// libEGL, loaded at run time, so that a machine without a GL driver gets an error it can act on.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <EGL/egl.h>
#include <EGL/eglext.h>

#include "core/result.h"

namespace glint::egl {

/// The EGL functions Glint uses, from one driver library. It stays loaded until the process ends:
/// drivers do not survive being unloaded.
class EglLibrary {
 public:
  /// Opens `path`, or if empty $GLINT_EGL_LIBRARY, or if unset libEGL.so.1 and libEGL.so. Another
  /// path chooses another driver, e.g. ANGLE's libEGL.so.
  /// Errors: Driver, saying what to install.
  static Result<std::shared_ptr<const EglLibrary>> open(const std::string& path = {});
  EglLibrary(const EglLibrary&) = delete;
  EglLibrary& operator=(const EglLibrary&) = delete;

  /// The path that was opened.
  const std::string& path() const { return path_; }
  /// True if the client extensions (those of no display) hold the name.
  bool hasClientExtension(std::string_view name) const;
  /// The last EGL error in words, such as "EGL_BAD_ALLOC (0x3003)".
  std::string lastError() const;
  /// A GL function by name, from eglGetProcAddress or else the library that lies beside libEGL.
  void* glFunction(const char* name) const;

  PFNEGLBINDAPIPROC bindApi = nullptr;
  PFNEGLCHOOSECONFIGPROC chooseConfig = nullptr;
  PFNEGLCREATECONTEXTPROC createContext = nullptr;
  PFNEGLCREATEPBUFFERSURFACEPROC createPbufferSurface = nullptr;
  PFNEGLDESTROYCONTEXTPROC destroyContext = nullptr;
  PFNEGLDESTROYSURFACEPROC destroySurface = nullptr;
  PFNEGLGETCURRENTCONTEXTPROC getCurrentContext = nullptr;
  PFNEGLGETCURRENTDISPLAYPROC getCurrentDisplay = nullptr;
  PFNEGLGETCURRENTSURFACEPROC getCurrentSurface = nullptr;
  PFNEGLGETDISPLAYPROC getDisplay = nullptr;
  PFNEGLGETERRORPROC getError = nullptr;
  PFNEGLGETPROCADDRESSPROC getProcAddress = nullptr;
  PFNEGLINITIALIZEPROC initialize = nullptr;
  PFNEGLMAKECURRENTPROC makeCurrent = nullptr;
  PFNEGLQUERYSTRINGPROC queryString = nullptr;
  PFNEGLGETPLATFORMDISPLAYEXTPROC getPlatformDisplay = nullptr;  ///< May be null.
  PFNEGLQUERYDEVICESEXTPROC queryDevices = nullptr;              ///< May be null.
  PFNEGLQUERYDEVICESTRINGEXTPROC queryDeviceString = nullptr;    ///< May be null.

 private:
  EglLibrary() = default;
  std::string load();

  std::string path_;
  void* egl_ = nullptr;
  void* gles_ = nullptr;
};

/// True if a space-separated list of extensions holds the name.
bool hasExtension(const char* list, std::string_view name);

}  // namespace glint::egl
