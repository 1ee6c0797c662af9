/// Source: EGL 1.5; EGL_KHR_create_context; EGL_KHR_surfaceless_context; ANGLE's
/// EGL_ANGLE_create_context_backwards_compatible and EGL_ANGLE_create_context_extensions_enabled.
#include "platform/egl/egl_context.h"

#include <cstdlib>
#include <utility>
#include <vector>

#include "gpu/context/gl.h"

namespace glint::egl {
namespace {

/// EGL_CONTEXT_OPENGL_BACKWARDS_COMPATIBLE_ANGLE: false asks for exactly the version named.
constexpr EGLint kBackwardsCompatibleAngle = 0x3483;
constexpr std::string_view kExactVersion = "EGL_ANGLE_create_context_backwards_compatible";
/// EGL_EXTENSIONS_ENABLED_ANGLE: false leaves out every extension that can be.
constexpr EGLint kExtensionsEnabledAngle = 0x345F;
constexpr std::string_view kChosenExtensions = "EGL_ANGLE_create_context_extensions_enabled";
constexpr const char* kDisplayVariable = "GLINT_EGL_DISPLAY";
constexpr const char* kStrictVariable = "GLINT_EGL_STRICT";

bool displayHas(const EglLibrary& library, EGLDisplay display, std::string_view extension) {
  return hasExtension(library.queryString(display, EGL_EXTENSIONS), extension);
}

Status requireStrict(const EglLibrary& library, EGLDisplay display, int esMajor) {
  for (std::string_view extension : {kExactVersion, kChosenExtensions}) {
    if (displayHas(library, display, extension)) continue;
    return Error{Errc::Driver, "cannot be held to exactly OpenGL ES " + std::to_string(esMajor) +
                                   ".0 without extensions, as asked: the driver lacks " +
                                   std::string(extension) + ", which ANGLE has. Without $" +
                                   kStrictVariable + " it can be used"};
  }
  return {};
}

Result<EGLConfig> chooseConfig(const EglLibrary& library, const EglDisplayInfo& info, int esMajor) {
  const EGLint renderable = esMajor >= 3 ? EGL_OPENGL_ES3_BIT_KHR : EGL_OPENGL_ES2_BIT;
  // Without sizes some drivers give a 565 config. A pbuffer may be needed; if not, take any.
  for (EGLint surface : {EGL_PBUFFER_BIT, EGL_DONT_CARE}) {
    const EGLint attributes[] = {EGL_SURFACE_TYPE, surface, EGL_RENDERABLE_TYPE, renderable,
                                 EGL_RED_SIZE,     8,       EGL_GREEN_SIZE,      8,
                                 EGL_BLUE_SIZE,    8,       EGL_ALPHA_SIZE,      8,
                                 EGL_NONE};
    EGLConfig config = nullptr;
    EGLint count = 0;
    if (library.chooseConfig(info.display, attributes, &config, 1, &count) && count > 0) {
      return config;
    }
  }
  if (displayHas(library, info.display, "EGL_KHR_no_config_context")) return EGLConfig{nullptr};
  return Error{Errc::Driver, "no 8-bit config for OpenGL ES " + std::to_string(esMajor) + ": " +
                                 library.lastError()};
}

bool strictAsked() {
  const char* variable = std::getenv(kStrictVariable);
  return variable != nullptr && *variable != '\0' && std::string_view(variable) != "0";
}

std::string advice(int esMajor) {
  std::string text =
      "Install a driver (Debian: libgl1-mesa-dri), try LIBGL_ALWAYS_SOFTWARE=1, "
      "name a display in $" +
      std::string(kDisplayVariable) + " or a library in $GLINT_EGL_LIBRARY";
  if (esMajor >= 3) text += ", or ask for OpenGL ES 2";
  return text;
}

}  // namespace

Result<std::unique_ptr<EglContext>> EglContext::create(const EglContextOptions& asked) {
  EglContextOptions options = asked;
  options.strict = options.strict || strictAsked();
  GLINT_ASSIGN(const auto library, EglLibrary::open(options.eglPath));
  std::string selector = options.display;
  if (const char* variable = std::getenv(kDisplayVariable); selector.empty() && variable) {
    selector = variable;
  }
  std::vector<EglDisplayInfo> candidates;
  if (selector.empty()) {
    candidates = candidateDisplays(*library);
  } else {
    GLINT_ASSIGN(EglDisplayInfo chosen, selectDisplay(library, selector));
    candidates.push_back(std::move(chosen));
  }
  std::string failures;
  for (const EglDisplayInfo& info : candidates) {
    auto context = createOn(library, info, options);
    if (context.ok()) return context;
    failures += (failures.empty() ? "" : "; ") + context.error().message;
  }
  return Error{Errc::Driver, "no OpenGL ES " + std::to_string(options.esMajor) +
                                 " context: " + failures + ". " + advice(options.esMajor)};
}

Result<std::unique_ptr<EglContext>> EglContext::createOn(std::shared_ptr<const EglLibrary> library,
                                                         const EglDisplayInfo& display,
                                                         const EglContextOptions& options) {
  if (options.esMajor != 2 && options.esMajor != 3) {
    return Error{Errc::Value, "OpenGL ES " + std::to_string(options.esMajor) +
                                  " was asked for; Glint runs on 2 and 3"};
  }
  std::unique_ptr<EglContext> context(new EglContext());
  context->library_ = std::move(library);
  context->options_ = options;
  context->info_ = display;
  GLINT_TRY(openDisplay(*context->library_, context->info_));
  GLINT_TRY(context->build(EGL_NO_CONTEXT));
  GLINT_TRY(context->makeCurrent());
  using GetString = const GLubyte*(GL_APIENTRY*)(GLenum);
  const auto getString = reinterpret_cast<GetString>(context->library_->glFunction("glGetString"));
  const auto text = [&](GLenum name) {
    const GLubyte* value = getString == nullptr ? nullptr : getString(name);
    return value == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(value));
  };
  context->info_.renderer = text(GL_RENDERER);
  context->info_.glVersion = text(GL_VERSION);
  context->info_.usable = true;
  return context;
}

Result<std::unique_ptr<EglContext>> EglContext::createShared() const {
  std::unique_ptr<EglContext> context(new EglContext());
  context->library_ = library_;
  context->options_ = options_;
  context->options_.esMajor = esMajor_;
  context->info_ = info_;
  GLINT_TRY(context->build(context_));
  return context;
}

EglContext::~EglContext() {
  if (info_.display == EGL_NO_DISPLAY) return;
  if (context_ != EGL_NO_CONTEXT) {
    (void)release();
    library_->destroyContext(info_.display, context_);
  }
  if (surface_ != EGL_NO_SURFACE) library_->destroySurface(info_.display, surface_);
}

Status EglContext::build(EGLContext share) {
  Status made = createVersion(options_.esMajor, share);
  if (!made && options_.esMajor == 3 && options_.allowEs2) made = createVersion(2, share);
  if (!made) return within("EGL display '" + info_.name + "' (" + info_.vendor + ")", made.error());
  return createSurface();
}

Status EglContext::createVersion(int esMajor, EGLContext share) {
  const EglLibrary& egl = *library_;
  const EGLDisplay display = info_.display;
  if (!egl.bindApi(EGL_OPENGL_ES_API)) {
    return Error{Errc::Driver, "no OpenGL ES: " + egl.lastError()};
  }
  GLINT_ASSIGN(config_, chooseConfig(egl, info_, esMajor));
  const bool versions =
      displayHas(egl, display, "EGL_KHR_create_context") || info_.version.rfind("1.5", 0) == 0;
  const bool strict = options_.strict;
  if (strict) GLINT_TRY(requireStrict(egl, display, esMajor));
  const bool exact = strict || (esMajor == 2 && displayHas(egl, display, kExactVersion));
  const int highest = esMajor >= 3 && versions && !strict ? 2 : 0;
  for (int minor = highest; minor >= 0; --minor) {
    std::vector<EGLint> attributes = {EGL_CONTEXT_MAJOR_VERSION, esMajor};
    if (versions) attributes.insert(attributes.end(), {EGL_CONTEXT_MINOR_VERSION, minor});
    if (exact) attributes.insert(attributes.end(), {kBackwardsCompatibleAngle, EGL_FALSE});
    if (strict) attributes.insert(attributes.end(), {kExtensionsEnabledAngle, EGL_FALSE});
    if (options_.debug && versions) {
      attributes.insert(attributes.end(),
                        {EGL_CONTEXT_FLAGS_KHR, EGL_CONTEXT_OPENGL_DEBUG_BIT_KHR});
    }
    attributes.push_back(EGL_NONE);
    context_ = egl.createContext(display, config_, share, attributes.data());
    if (context_ == EGL_NO_CONTEXT) continue;
    esMajor_ = esMajor;
    esMinor_ = minor;
    exact_ = exact;
    return {};
  }
  return Error{Errc::Driver,
               "no OpenGL ES " + std::to_string(esMajor) + " context: " + egl.lastError()};
}

Status EglContext::createSurface() {
  if (displayHas(*library_, info_.display, "EGL_KHR_surfaceless_context")) return {};
  const EGLint attributes[] = {EGL_WIDTH, 1, EGL_HEIGHT, 1, EGL_NONE};
  surface_ = library_->createPbufferSurface(info_.display, config_, attributes);
  if (surface_ != EGL_NO_SURFACE) return {};
  return Error{Errc::Driver,
               "EGL display '" + info_.name +
                   "' has neither surfaceless contexts nor pbuffers: " + library_->lastError()};
}

Status EglContext::makeCurrent() {
  if (library_->makeCurrent(info_.display, surface_, surface_, context_)) return {};
  return Error{Errc::Driver, "the context on EGL display '" + info_.name +
                                 "' cannot be made current: " + library_->lastError()};
}

Status EglContext::release() {
  if (!isCurrent()) return {};
  if (library_->makeCurrent(info_.display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT)) {
    return {};
  }
  return Error{Errc::Driver, "the current context cannot be released: " + library_->lastError()};
}

bool EglContext::isCurrent() const { return library_->getCurrentContext() == context_; }

std::function<void*(const char*)> EglContext::loader() const {
  return [library = library_](const char* name) { return library->glFunction(name); };
}

}  // namespace glint::egl
