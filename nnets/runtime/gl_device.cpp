#include "nnets/runtime/gl_device.h"

#include <utility>

namespace glint {
namespace {

class GlExecutor : public api::Executor {
 public:
  explicit GlExecutor(std::unique_ptr<Session> session) : session_(std::move(session)) {}

  Result<Tensor> run(std::span<const Tensor> feeds) override {
    GLINT_ASSIGN(auto outputs, session_->run(feeds));
    Tensor& last = outputs.at(session_->model().layerCount() - 1);
    if (!isInteger(last.type())) return std::move(last);
    return convertIntegers(last, DType::I32);
  }
  const Schedule* schedule() const override { return &session_->schedule(); }

 private:
  std::unique_ptr<Session> session_;
};

}  // namespace

GlDevice::GlDevice(gpu::Context& context, SessionOptions options)
    : context_(context), options_(std::move(options)) {}

std::string GlDevice::desc() const { return context_.capabilities().renderer; }

Result<std::unique_ptr<api::Executor>> GlDevice::map(const Model& model) {
  GLINT_ASSIGN(std::unique_ptr<Session> session, Session::create(context_, model, options_));
  return std::unique_ptr<api::Executor>(std::make_unique<GlExecutor>(std::move(session)));
}

}  // namespace glint
