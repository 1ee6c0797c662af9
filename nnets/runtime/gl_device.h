#pragma once

#include "nnets/api/device.h"
#include "nnets/runtime/session.h"

namespace glint {

/// A GL context as a device of the Akida interface: api::Model::map runs models on it, one Session
/// each. The context outlives the device and every model that is mapped on it; all calls come from
/// the context's GL thread.
class GlDevice : public api::Device {
 public:
  explicit GlDevice(gpu::Context& context, SessionOptions options = {});

  /// The name of the renderer.
  std::string desc() const override;
  /// Errors: those of Session::create.
  Result<std::unique_ptr<api::Executor>> map(const Model& model) override;

 private:
  gpu::Context& context_;
  SessionOptions options_;
};

}  // namespace glint
