#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "nnets/api/device.h"
#include "nnets/api/layer.h"

/// What handles share. Internal: users see nnets/api/model.h and nnets/api/layer.h.
namespace glint::api {

/// The passes in which a device computes the ops of a layer; none of ops that are computed inside
/// those of another layer.
std::vector<PassMapping> passesOf(const Schedule& schedule, int layer);

/// A layer: its own description, or its place in a model.
struct LayerBody {
  std::unique_ptr<glint::Layer> own;  ///< null while it is in a model
  std::shared_ptr<ModelBody> model;   ///< null while it is not
  int index = -1;
};

/// A model with its device and its stream. Handles of layers keep it alive; it knows them weakly.
struct ModelBody : std::enable_shared_from_this<ModelBody> {
  glint::Model graph;
  std::vector<std::weak_ptr<LayerBody>> handles;  ///< by layer
  Status failure;                                 ///< the first error of building

  std::shared_ptr<Device> device;
  bool hwOnly = false;
  std::unique_ptr<Executor> executor;  ///< null: in software
  bool stale = false;                  ///< variables changed since `executor` was made
  std::vector<LayerState> states;      ///< of the stream, in software

  std::function<double()> clock;  ///< milliseconds; may be empty
  std::map<std::string, double> metrics;
  std::vector<PowerEvent> powerEvents;

  /// The one handle of layer `index`.
  Layer handleOf(int index);
  /// Makes an executor for the model as it is now. Errors: those of Device::map; Runtime: hwOnly,
  /// but there is more than one sequence.
  Result<std::unique_ptr<Executor>> makeExecutor(Device& target, bool onlyHardware) const;
  /// Back to software: after a change of the layers.
  void unmap();
  /// One sample of a model that learns, where it runs now.
  Result<Executor::Observation> observe(const std::vector<Tensor>& feeds);
};

}  // namespace glint::api
