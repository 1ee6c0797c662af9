/// OpenGL ES contexts without a window.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "platform/egl/egl_display.h"

namespace glint::egl {

/// What context to make.
struct EglContextOptions {
  int esMajor = 3;        ///< 2, or 3 for the highest 3.x there is.
  std::string eglPath;    ///< Path of libEGL; empty: see EglLibrary::open.
  std::string display;    ///< See selectDisplay; empty: $GLINT_EGL_DISPLAY, else the first usable.
  bool allowEs2 = false;  ///< With esMajor 3: fall back to ES 2 rather than fail.
  bool debug = false;     ///< Ask the driver for a debug context.
  /// ES 2.0 or 3.0 exactly and no extension that can be left out: the least a driver may be, for
  /// tests. ANGLE alone can be held to that; others refuse. False: $GLINT_EGL_STRICT=1 asks for it.
  bool strict = false;
};

/// A move-never RAII context with no window: surfaceless where offered, else on a 1x1 pbuffer.
/// When ES 2 is asked and the driver can make exactly that version (ANGLE), it does; other drivers
/// give an ES 3 context, so hold gpu::Context to ES 2 with its limits.
class EglContext {
 public:
  /// Makes a context and makes it current on this thread.
  /// Errors: Driver, saying whether libEGL, a display or the context is missing and what to try, or
  /// that the driver cannot be strict.
  static Result<std::unique_ptr<EglContext>> create(const EglContextOptions& options = {});
  /// The same on one candidate display; `options.display`, `options.eglPath` and the environment
  /// are not used.
  static Result<std::unique_ptr<EglContext>> createOn(std::shared_ptr<const EglLibrary> library,
                                                      const EglDisplayInfo& display,
                                                      const EglContextOptions& options);
  /// Makes a second context that shares textures, buffers and programs, for another thread, which
  /// calls makeCurrent() itself. Not current anywhere yet.
  Result<std::unique_ptr<EglContext>> createShared() const;
  ~EglContext();
  EglContext(const EglContext&) = delete;
  EglContext& operator=(const EglContext&) = delete;

  /// Makes it current on the calling thread. Errors: Driver.
  Status makeCurrent();
  /// Leaves the calling thread without a context, if this one is current. Errors: Driver.
  Status release();
  /// True if it is current on the calling thread.
  bool isCurrent() const;

  /// The GL functions, for gpu::Context::create.
  std::function<void*(const char*)> loader() const;

  int esMajor() const { return esMajor_; }         ///< Version asked of the driver that succeeded.
  int esMinor() const { return esMinor_; }         ///< Its minor part; 0 for ES 2.
  bool exactVersion() const { return exact_; }     ///< The driver was held to that version.
  bool strict() const { return options_.strict; }  ///< ... and to no extensions.
  bool surfaceless() const { return surface_ == EGL_NO_SURFACE; }
  const EglDisplayInfo& display() const { return info_; }
  const EglLibrary& library() const { return *library_; }

 private:
  EglContext() = default;
  Status build(EGLContext share);
  Status createVersion(int esMajor, EGLContext share);
  Status createSurface();

  std::shared_ptr<const EglLibrary> library_;
  EglContextOptions options_;
  EglDisplayInfo info_;
  EGLConfig config_ = nullptr;
  EGLContext context_ = EGL_NO_CONTEXT;
  EGLSurface surface_ = EGL_NO_SURFACE;
  int esMajor_ = 0;
  int esMinor_ = 0;
  bool exact_ = false;
};

}  // namespace glint::egl
