#include "platform/egl/egl_library.h"

#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <utility>
#include <vector>

namespace glint::egl {
namespace {

constexpr const char* kLibraryVariable = "GLINT_EGL_LIBRARY";

const char* errorName(EGLint error) {
  switch (error) {
    case EGL_SUCCESS:
      return "no reason given";
    case EGL_NOT_INITIALIZED:
      return "EGL_NOT_INITIALIZED";
    case EGL_BAD_ACCESS:
      return "EGL_BAD_ACCESS";
    case EGL_BAD_ALLOC:
      return "EGL_BAD_ALLOC";
    case EGL_BAD_ATTRIBUTE:
      return "EGL_BAD_ATTRIBUTE";
    case EGL_BAD_CONFIG:
      return "EGL_BAD_CONFIG";
    case EGL_BAD_CONTEXT:
      return "EGL_BAD_CONTEXT";
    case EGL_BAD_DISPLAY:
      return "EGL_BAD_DISPLAY";
    case EGL_BAD_MATCH:
      return "EGL_BAD_MATCH";
    case EGL_BAD_PARAMETER:
      return "EGL_BAD_PARAMETER";
    case EGL_BAD_SURFACE:
      return "EGL_BAD_SURFACE";
    case EGL_CONTEXT_LOST:
      return "EGL_CONTEXT_LOST";
    default:
      return "an unknown EGL error";
  }
}

std::vector<std::string> candidatePaths(const std::string& path) {
  if (!path.empty()) return {path};
  const char* variable = std::getenv(kLibraryVariable);
  if (variable != nullptr && *variable != '\0') return {variable};
  return {"libEGL.so.1", "libEGL.so"};
}

/// libGLESv2 in the folder of the given libEGL, for drivers whose eglGetProcAddress gives
/// extensions only.
void* openGlesBeside(const std::string& eglPath) {
  const std::size_t slash = eglPath.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : eglPath.substr(0, slash + 1);
  for (const char* name : {"libGLESv2.so.2", "libGLESv2.so"}) {
    if (void* handle = dlopen((folder + name).c_str(), RTLD_NOW | RTLD_LOCAL)) return handle;
  }
  return nullptr;
}

/// Takes a function from the library; false if it is not there.
template <typename F>
bool take(void* library, const char* name, F& function) {
  function = reinterpret_cast<F>(dlsym(library, name));
  return function != nullptr;
}

}  // namespace

bool hasExtension(const char* list, std::string_view name) {
  if (list == nullptr || name.empty()) return false;
  const std::string_view all(list);
  for (std::size_t at = all.find(name); at != std::string_view::npos; at = all.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    const bool starts = at == 0 || all[at - 1] == ' ';
    if (starts && (end == all.size() || all[end] == ' ')) return true;
  }
  return false;
}

Result<std::shared_ptr<const EglLibrary>> EglLibrary::open(const std::string& path) {
  std::string failures;
  for (const std::string& candidate : candidatePaths(path)) {
    std::shared_ptr<EglLibrary> library(new EglLibrary());
    library->path_ = candidate;
    const std::string failure = library->load();
    if (failure.empty()) return std::shared_ptr<const EglLibrary>(std::move(library));
    failures += (failures.empty() ? "" : "; ") + failure;
  }
  return Error{Errc::Driver, "cannot load EGL (" + failures +
                                 "). Install it (Debian: libegl1 and libgl1-mesa-dri), or name "
                                 "another libEGL in $" +
                                 kLibraryVariable};
}

std::string EglLibrary::load() {
  egl_ = dlopen(path_.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (egl_ == nullptr) {
    const char* reason = dlerror();
    return reason == nullptr ? path_ : reason;
  }
  const bool complete =
      take(egl_, "eglBindAPI", bindApi) && take(egl_, "eglChooseConfig", chooseConfig) &&
      take(egl_, "eglCreateContext", createContext) &&
      take(egl_, "eglCreatePbufferSurface", createPbufferSurface) &&
      take(egl_, "eglDestroyContext", destroyContext) &&
      take(egl_, "eglDestroySurface", destroySurface) &&
      take(egl_, "eglGetCurrentContext", getCurrentContext) &&
      take(egl_, "eglGetCurrentDisplay", getCurrentDisplay) &&
      take(egl_, "eglGetCurrentSurface", getCurrentSurface) &&
      take(egl_, "eglGetDisplay", getDisplay) && take(egl_, "eglGetError", getError) &&
      take(egl_, "eglGetProcAddress", getProcAddress) && take(egl_, "eglInitialize", initialize) &&
      take(egl_, "eglMakeCurrent", makeCurrent) && take(egl_, "eglQueryString", queryString);
  if (!complete) return path_ + " is not an EGL library: functions are missing";
  gles_ = openGlesBeside(path_);
  if (hasClientExtension("EGL_EXT_platform_base")) {
    getPlatformDisplay = reinterpret_cast<PFNEGLGETPLATFORMDISPLAYEXTPROC>(
        getProcAddress("eglGetPlatformDisplayEXT"));
  }
  if (hasClientExtension("EGL_EXT_device_enumeration") ||
      hasClientExtension("EGL_EXT_device_base")) {
    queryDevices =
        reinterpret_cast<PFNEGLQUERYDEVICESEXTPROC>(getProcAddress("eglQueryDevicesEXT"));
  }
  if (hasClientExtension("EGL_EXT_device_query") || hasClientExtension("EGL_EXT_device_base")) {
    queryDeviceString =
        reinterpret_cast<PFNEGLQUERYDEVICESTRINGEXTPROC>(getProcAddress("eglQueryDeviceStringEXT"));
  }
  return {};
}

bool EglLibrary::hasClientExtension(std::string_view name) const {
  return hasExtension(queryString(EGL_NO_DISPLAY, EGL_EXTENSIONS), name);
}

std::string EglLibrary::lastError() const {
  const EGLint error = getError();
  if (error == EGL_SUCCESS) return errorName(error);
  char number[16];
  std::snprintf(number, sizeof number, " (0x%04X)", static_cast<unsigned>(error));
  return errorName(error) + std::string(number);
}

void* EglLibrary::glFunction(const char* name) const {
  if (const auto function = getProcAddress(name)) return reinterpret_cast<void*>(function);
  return gles_ == nullptr ? nullptr : dlsym(gles_, name);
}

}  // namespace glint::egl
