#include "nnets/api/planned_device.h"

#include <utility>

namespace glint::api {
namespace {

/// The references, layer by layer, under the schedule of the device.
class PlannedExecutor : public Executor {
 public:
  PlannedExecutor(const glint::Model& model, Schedule schedule)
      : model_(model), schedule_(std::move(schedule)) {}

  Result<Tensor> run(std::span<const Tensor> feeds) override {
    GLINT_ASSIGN(std::vector<Tensor> outputs, runReference(model_, feeds, states_));
    return std::move(outputs.back());
  }
  Result<Observation> observe(std::span<const Tensor> feeds) override {
    GLINT_ASSIGN(std::vector<Tensor> outputs, runReference(model_, feeds, states_));
    const auto read = static_cast<std::size_t>(model_.inboundsOf(model_.layerCount() - 1)[0]);
    return Observation{std::move(outputs[read]), std::move(outputs.back())};
  }
  Status setWeights(const Tensor& weights) override {
    return model_.setVariable(model_.layerCount() - 1, "weights", weights);
  }
  const Schedule* schedule() const override { return &schedule_; }

 private:
  glint::Model model_;
  Schedule schedule_;
  std::vector<LayerState> states_;
};

}  // namespace

PlannedDevice::PlannedDevice(std::string desc, const DeviceLimits& limits)
    : PlannedDevice(std::move(desc), [limits](const glint::Model& model) {
        ScheduleOptions options;
        options.limits = limits;
        return makeSchedule(model, options);
      }) {}

Result<std::unique_ptr<Executor>> PlannedDevice::map(const glint::Model& model) {
  GLINT_ASSIGN(Schedule schedule, plan_(model));
  return std::unique_ptr<Executor>(std::make_unique<PlannedExecutor>(model, std::move(schedule)));
}

}  // namespace glint::api
