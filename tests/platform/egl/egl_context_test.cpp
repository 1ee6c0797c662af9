#include "platform/egl/egl_context.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "gpu/context/context.h"
#include "tests/support/skip.h"

namespace glint::egl {
namespace {

/// A context, or a skipped test case.
std::unique_ptr<EglContext> open(const EglContextOptions& options = {}) {
  auto context = EglContext::create(options);
  if (context.ok()) return std::move(context).value();
  test::skip(context.error().message);
  return nullptr;
}

TEST_CASE("a context is current on the thread that made it") {
  const auto context = open();
  if (!context) return;
  CHECK(context->isCurrent());
  CHECK(context->esMajor() == 3);
  CHECK(!context->display().renderer.empty());
  CHECK(!context->display().glVersion.empty());
  CHECK(context->display().usable);
  CHECK(context->release().ok());
  CHECK(!context->isCurrent());
  CHECK(context->makeCurrent().ok());
  CHECK(gpu::Context::create(context->loader()).ok());
}

TEST_CASE("ES 2 can be asked for") {
  EglContextOptions options;
  options.esMajor = 2;
  const auto context = open(options);
  if (!context) return;
  CHECK(context->esMajor() == 2);
  const auto gpu = gpu::Context::create(context->loader());
  REQUIRE(gpu.ok());
  if (context->exactVersion()) CHECK((*gpu)->capabilities().esMajor == 2);
}

TEST_CASE("strict is the bare version, or refused with the reason") {
  for (int esMajor : {2, 3}) {
    EglContextOptions options;
    options.esMajor = esMajor;
    if (!open(options)) return;
    options.strict = true;
    const auto context = EglContext::create(options);
    if (!context.ok()) {
      CHECK(context.error().code == Errc::Driver);
      CHECK(context.error().message.find("EGL_ANGLE_create_context") != std::string::npos);
      continue;
    }
    CHECK((*context)->strict());
    CHECK((*context)->exactVersion());
    const auto gpu = gpu::Context::create((*context)->loader());
    REQUIRE(gpu.ok());
    const gpu::Capabilities& caps = (*gpu)->capabilities();
    CHECK(caps.esMajor == esMajor);
    CHECK(caps.esMinor == 0);
    for (const char* extension : {"GL_EXT_draw_buffers", "GL_OES_get_program_binary",
                                  "GL_EXT_disjoint_timer_query", "GL_EXT_color_buffer_float"}) {
      CHECK(!caps.has(extension));
    }
    const auto shared = (*context)->createShared();
    REQUIRE(shared.ok());
    CHECK((*shared)->strict());
  }
}

TEST_CASE("the environment can ask for strict, and 0 does not") {
  if (!open()) return;
  EglContextOptions options;
  options.strict = true;
  const bool able = EglContext::create(options).ok();
  const char* const variable = std::getenv("GLINT_EGL_STRICT");
  const std::string before = variable == nullptr ? "" : variable;
  for (const char* value : {"1", "0", ""}) {
    setenv("GLINT_EGL_STRICT", value, 1);
    const auto context = EglContext::create();
    const bool asked = std::string(value) == "1";
    CHECK(context.ok() == (able || !asked));
    if (context.ok()) CHECK((*context)->strict() == asked);
  }
  setenv("GLINT_EGL_STRICT", before.c_str(), 1);
}

TEST_CASE("displays are listed, and each can be chosen by index and by name") {
  const auto current = open();
  if (!current) return;
  const auto library = EglLibrary::open();
  REQUIRE(library.ok());
  const auto displays = listDisplays(*library);
  CHECK(current->isCurrent());
  int usable = 0;
  for (const EglDisplayInfo& info : displays) {
    CHECK(info.index == &info - displays.data());
    CHECK(info.usable == info.reason.empty());
    if (!info.usable) continue;
    ++usable;
    EglContextOptions options;
    options.allowEs2 = true;
    for (const std::string& selector : {std::to_string(info.index), info.name}) {
      options.display = selector;
      const auto chosen = EglContext::create(options);
      REQUIRE(chosen.ok());
      CHECK((*chosen)->display().name == info.name);
      CHECK((*chosen)->display().renderer == info.renderer);
    }
    options.display = info.renderer.substr(0, 5);
    std::transform(options.display.begin(), options.display.end(), options.display.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    CHECK(EglContext::create(options).ok());
  }
  CHECK(usable > 0);
}

TEST_CASE("a display that is not there is an error that lists the others") {
  if (!open()) return;
  EglContextOptions options;
  for (const char* selector : {"99", "no such device"}) {
    options.display = selector;
    const auto context = EglContext::create(options);
    REQUIRE(!context.ok());
    CHECK(context.error().message.find(selector) != std::string::npos);
    CHECK(context.error().message.find("0: ") != std::string::npos);
  }
}

TEST_CASE("a shared context serves a second thread") {
  const auto context = open();
  if (!context) return;
  auto shared = context->createShared();
  REQUIRE(shared.ok());
  CHECK(context->isCurrent());
  bool worked = false;
  std::thread([&] {
    worked = (*shared)->makeCurrent().ok() && gpu::Context::create((*shared)->loader()).ok() &&
             (*shared)->release().ok();
  }).join();
  CHECK(worked);
}

}  // namespace
}  // namespace glint::egl
