#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/tensor.h"
#include "nnets/graph/model.h"
#include "nnets/schedule/schedule.h"

/// What a model needs of a device. Devices are implemented elsewhere (nnets/runtime/gl_device.h,
/// PlannedDevice); models know them by these two interfaces.
namespace glint::api {

/// A measurement of power.
struct PowerEvent {
  double ts = 0;             ///< milliseconds, on the clock of Model::setClock
  std::int64_t voltage = 0;  ///< microvolts
  std::int64_t current = 0;  ///< milliamperes
  std::int64_t power = 0;    ///< milliwatts
};

/// Runs one model. It keeps the states of the model's stream from one sample to the next.
class Executor {
 public:
  virtual ~Executor() = default;

  /// One sample: the feeds as runReference takes them; gives the output of the last layer as I32 or
  /// F32, [x, y, c]. Errors: Driver, and those of checkFeeds.
  virtual Result<Tensor> run(std::span<const Tensor> feeds) = 0;

  /// What learning needs of a sample, I32: the output of the last layer, and what it read.
  struct Observation {
    Tensor read;
    Tensor output;
  };
  /// The same for a model whose last layer learns. Errors besides: Unsupported, the device cannot.
  virtual Result<Observation> observe(std::span<const Tensor> feeds);
  /// Replaces the weights of that layer from the next sample on; nothing is compiled. Errors: as
  /// observe.
  virtual Status setWeights(const Tensor& weights);

  /// Which layers run where, and how they are laid onto the device; null: all in software.
  virtual const Schedule* schedule() const { return nullptr; }
  /// What the device measured since it was asked last.
  virtual std::vector<PowerEvent> powerEvents() { return {}; }
};

/// Something that models can be mapped on.
class Device {
 public:
  virtual ~Device() = default;
  virtual std::string desc() const = 0;
  /// Makes the model ready to run. Errors: Unsupported and Driver, as the device has them.
  virtual Result<std::unique_ptr<Executor>> map(const glint::Model& model) = 0;
};

}  // namespace glint::api
