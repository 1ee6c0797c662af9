#include "nnets/runtime/gl_device.h"

#include <utility>

namespace glint {
namespace {

class GlExecutor : public api::Executor {
 public:
  explicit GlExecutor(std::unique_ptr<Session> session) : session_(std::move(session)) {}

  Result<Tensor> run(std::span<const Tensor> feeds) override {
    GLINT_ASSIGN(auto outputs, session_->run(feeds));
    return wide(std::move(outputs.at(lastLayer())));
  }

  Result<Observation> observe(std::span<const Tensor> feeds) override {
    GLINT_ASSIGN(auto outputs, session_->run(feeds));
    Observation seen;
    GLINT_ASSIGN(seen.output, wide(std::move(outputs.at(lastLayer()))));
    GLINT_ASSIGN(seen.read,
                 wide(std::move(outputs.at(session_->model().inboundsOf(lastLayer())[0]))));
    return seen;
  }

  Status setWeights(const Tensor& weights) override {
    return session_->setWeights(lastLayer(), weights);
  }

  const Schedule* schedule() const override { return &session_->schedule(); }

 private:
  int lastLayer() const { return session_->model().layerCount() - 1; }

  static Result<Tensor> wide(Tensor tensor) {
    if (!isInteger(tensor.type())) return tensor;
    return convertIntegers(tensor, DType::I32);
  }

  std::unique_ptr<Session> session_;
};

}  // namespace

GlDevice::GlDevice(gpu::Context& context, SessionOptions options)
    : context_(context), options_(std::move(options)) {}

std::string GlDevice::desc() const { return context_.capabilities().renderer; }

Result<std::unique_ptr<api::Executor>> GlDevice::map(const Model& model) {
  SessionOptions options = options_;
  const int last = model.layerCount() - 1;
  // What learning needs of a sample is fetched with its output.
  if (last > 0 && model.layer(last).learning() != nullptr) {
    options.fetch.push_back(model.inboundsOf(last)[0]);
  }
  GLINT_ASSIGN(std::unique_ptr<Session> session,
               Session::create(context_, model, std::move(options)));
  return std::unique_ptr<api::Executor>(std::make_unique<GlExecutor>(std::move(session)));
}

}  // namespace glint
