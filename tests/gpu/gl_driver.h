/// A GL context for tests.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "gpu/fullscreen.h"
#include "gpu/program.h"
#include "platform/egl/egl_context.h"
#include "tests/support/skip.h"

namespace glint::test {

/// Fails the test case with the message of an error; otherwise gives the value.
template <typename T>
T must(Result<T> result) {
  REQUIRE_MESSAGE(result.ok(), (result.ok() ? std::string() : result.error().message));
  return std::move(result).value();
}

inline void must(const Status& status) {
  REQUIRE_MESSAGE(status.ok(), (status.ok() ? std::string() : status.error().message));
}

/// An EGL context with the engine's context on it; `gpu` is destroyed first.
struct GlDriver {
  std::unique_ptr<egl::EglContext> egl;
  std::unique_ptr<gpu::Context> gpu;

  explicit operator bool() const { return gpu != nullptr; }
};

/// Makes a context of OpenGL ES 2 or 3, or skips the test case and gives an empty one.
inline GlDriver openDriver(int esMajor, gpu::ContextOptions options = {}) {
  egl::EglContextOptions wanted;
  wanted.esMajor = esMajor;
  auto made = egl::EglContext::create(wanted);
  if (!made.ok()) {
    skip(made.error().message);
    return {};
  }
  options.limits.esMajor = esMajor;
  GlDriver driver;
  driver.egl = std::move(made).value();
  driver.gpu = must(gpu::Context::create(driver.egl->loader(), std::move(options)));
  return driver;
}

/// A full-screen program.
inline gpu::Program program(gpu::Context& context, const std::string& fragment) {
  const auto vertex = gpu::fullscreenVertexShader(context.capabilities().esMajor);
  return must(gpu::Program::create(context, vertex, fragment, "test"));
}

/// `count` bytes that repeat only after 251.
inline std::vector<std::byte> pattern(std::size_t count) {
  std::vector<std::byte> bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::byte>(i * 37 % 251);
  return bytes;
}

}  // namespace glint::test
