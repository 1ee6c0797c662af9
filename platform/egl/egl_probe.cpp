/// Lists displays by making a context on each.
#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

#include "platform/egl/egl_context.h"

namespace glint::egl {
namespace {

/// Puts the thread's current EGL context back.
class CurrentGuard {
 public:
  explicit CurrentGuard(const EglLibrary& library)
      : library_(library),
        display_(library.getCurrentDisplay()),
        context_(library.getCurrentContext()),
        draw_(library.getCurrentSurface(EGL_DRAW)),
        read_(library.getCurrentSurface(EGL_READ)) {}
  ~CurrentGuard() {
    if (context_ != EGL_NO_CONTEXT) library_.makeCurrent(display_, draw_, read_, context_);
  }
  CurrentGuard(const CurrentGuard&) = delete;
  CurrentGuard& operator=(const CurrentGuard&) = delete;

 private:
  const EglLibrary& library_;
  EGLDisplay display_;
  EGLContext context_;
  EGLSurface draw_;
  EGLSurface read_;
};

std::string lowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

bool contains(const std::string& text, const std::string& lowerPart) {
  return lowerCase(text).find(lowerPart) != std::string::npos;
}

std::string describe(const std::vector<EglDisplayInfo>& displays) {
  std::string text;
  for (const EglDisplayInfo& info : displays) {
    text += (text.empty() ? "" : "; ") + std::to_string(info.index) + ": " + info.name;
    if (!info.renderer.empty()) text += ", " + info.renderer;
    if (!info.reason.empty()) text += " (" + info.reason + ")";
  }
  return text;
}

}  // namespace

std::vector<EglDisplayInfo> listDisplays(const std::shared_ptr<const EglLibrary>& library) {
  const CurrentGuard guard(*library);
  std::vector<EglDisplayInfo> displays = candidateDisplays(*library);
  EglContextOptions options;
  options.allowEs2 = true;
  for (EglDisplayInfo& info : displays) {
    const auto context = EglContext::createOn(library, info, options);
    if (context.ok()) {
      const int index = info.index;
      info = (*context)->display();
      info.index = index;
    } else {
      info.reason = context.error().message;
    }
  }
  return displays;
}

Result<EglDisplayInfo> selectDisplay(const std::shared_ptr<const EglLibrary>& library,
                                     std::string_view selector) {
  std::vector<EglDisplayInfo> displays = candidateDisplays(*library);
  int index = -1;
  const char* const end = selector.data() + selector.size();
  const auto parsed = std::from_chars(selector.data(), end, index);
  const bool isIndex = parsed.ec == std::errc() && parsed.ptr == end;
  if (isIndex && index >= 0 && static_cast<std::size_t>(index) < displays.size()) {
    return displays[static_cast<std::size_t>(index)];
  }
  if (!isIndex && !selector.empty()) {
    const std::string part = lowerCase(selector);
    for (const EglDisplayInfo& info : displays) {
      if (contains(info.name, part)) return info;
    }
    displays = listDisplays(library);
    for (const EglDisplayInfo& info : displays) {
      if (info.usable && contains(info.renderer, part)) return info;
    }
  }
  return Error{Errc::Driver, "no EGL display fits '" + std::string(selector) + "'; there is " +
                                 describe(displays)};
}

}  // namespace glint::egl
