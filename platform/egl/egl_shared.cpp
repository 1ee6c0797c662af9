#include "platform/egl/egl_shared.h"

#include <utility>

namespace glint::egl {
namespace {

class Shared : public gpu::SharedContext {
 public:
  Shared(std::unique_ptr<EglContext> egl, gpu::ContextOptions options)
      : egl_(std::move(egl)), options_(std::move(options)) {}

  Result<std::unique_ptr<gpu::Context>> enter() override {
    GLINT_TRY(egl_->makeCurrent());
    return gpu::Context::create(egl_->loader(), options_);
  }
  void leave() override { (void)egl_->release(); }

 private:
  std::unique_ptr<EglContext> egl_;
  gpu::ContextOptions options_;
};

}  // namespace

Result<std::unique_ptr<gpu::SharedContext>> shareContext(const EglContext& context,
                                                         gpu::ContextOptions options) {
  GLINT_ASSIGN(std::unique_ptr<EglContext> egl, context.createShared());
  return std::unique_ptr<gpu::SharedContext>(new Shared(std::move(egl), std::move(options)));
}

}  // namespace glint::egl
