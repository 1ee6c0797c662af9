#include "tests/nnets/runtime/gl_fixture.h"

#include <doctest/doctest.h>

#include "tests/support/skip.h"

namespace glint::test {

std::unique_ptr<Gl> openGl(gpu::CapabilityLimits limits) {
  auto gl = std::make_unique<Gl>();
  auto egl = egl::EglContext::create();
  if (!egl.ok()) {
    skip(egl.error().message);
    return nullptr;
  }
  gl->egl = std::move(egl).value();
  gpu::ContextOptions options;
  options.limits = limits;
  auto context = gpu::Context::create(gl->egl->loader(), options);
  REQUIRE(context.ok());
  gl->context = std::move(context).value();
  return gl;
}

}  // namespace glint::test
