#pragma once

#include <functional>

#include "nnets/api/device.h"

namespace glint::api {

/// A device that is not here: models are planned for it, down to each draw, and run in software
/// with the same results.
class PlannedDevice : public Device {
 public:
  using Plan = std::function<Result<Schedule>(const glint::Model&)>;

  PlannedDevice(std::string desc, Plan plan) : desc_(std::move(desc)), plan_(std::move(plan)) {}
  /// A GL device with these limits.
  PlannedDevice(std::string desc, const DeviceLimits& limits);

  std::string desc() const override { return desc_; }
  Result<std::unique_ptr<Executor>> map(const glint::Model& model) override;

 private:
  std::string desc_;
  Plan plan_;
};

}  // namespace glint::api
