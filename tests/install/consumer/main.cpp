#include <cstdio>
#include <span>
#include <vector>

#include "gpu/context/context.h"
#include "nnets/formats/model_file.h"
#include "nnets/runtime/session.h"
#include "platform/egl/egl_context.h"

/// Runs the model on the GPU, as README.md shows.
glint::Result<glint::Tensor> run(const glint::Model& model, const glint::Tensor& picture) {
  GLINT_ASSIGN(const auto egl, glint::egl::EglContext::create());
  GLINT_ASSIGN(const auto context, glint::gpu::Context::create(egl->loader()));
  GLINT_ASSIGN(const auto session, glint::Session::create(*context, model));
  const glint::Tensor feeds[] = {picture};
  GLINT_ASSIGN(const auto outputs, session->run(feeds));
  return outputs.at(model.outputs()[0]);
}

/// consumer MODEL: doubles a grey ramp and compares the GPU's numbers with the reference.
int main(int argc, char** argv) {
  const auto model = glint::loadModel(argc > 1 ? argv[1] : "");
  if (!model.ok()) return std::puts(model.error().message.c_str()), 1;
  glint::Tensor picture(glint::DType::U8, model->inputTypes(0)[0].shape);
  unsigned n = 0;
  for (auto& pixel : picture.as<std::uint8_t>()) pixel = static_cast<std::uint8_t>(n++ % 251);
  std::vector<glint::LayerState> states;
  const auto reference = glint::runReference(*model, std::span(&picture, 1), states);
  const auto gpu = run(*model, picture);
  if (!gpu.ok()) return std::printf("SKIPPED: %s\n", gpu.error().message.c_str()), 77;
  const auto wide = glint::convertIntegers(*gpu, glint::DType::I32);
  const bool equal = wide.ok() && reference.ok() && *wide == reference->back();
  std::printf("%lld values, %s\n", static_cast<long long>(gpu->size()),
              equal ? "equal" : "different");
  return equal ? 0 : 1;
}
