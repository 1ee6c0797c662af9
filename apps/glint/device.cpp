#include "apps/glint/device.h"

#include <numeric>
#include <utility>

#include "nnets/devices/tuning.h"
#include "platform/egl/egl_shared.h"

namespace glint::cli {
namespace {

gpu::ContextOptions contextOptions(const CommonOptions& options) {
  gpu::ContextOptions context;
  if (options.es > 0) context.limits.esMajor = options.es;
  if (options.drawBuffers > 0) context.limits.maxDrawBuffers = options.drawBuffers;
  return context;
}

}  // namespace

Result<Device> openUntrusted(const CommonOptions& options) {
  egl::EglContextOptions wanted;
  wanted.display = options.device;
  wanted.esMajor = options.es == 2 ? 2 : 3;
  wanted.allowEs2 = options.es == 0;
  Device device;
  auto made = egl::EglContext::create(wanted);
  if (!made.ok()) {
    Error error = made.error();
    error.message += ". Without a GL driver, --backend reference works on the processor";
    return error;
  }
  device.egl = std::move(made).value();
  GLINT_ASSIGN(device.context, gpu::Context::create(device.egl->loader(), contextOptions(options)));
  GLINT_ASSIGN(device.selfTest, gpu::runSelfTest(*device.context));
  return device;
}

Result<Device> openDevice(const CommonOptions& options) {
  GLINT_ASSIGN(Device device, openUntrusted(options));
  if (device.selfTest.passed()) return device;
  return Error{Errc::Driver, "the driver of " + device.name() + " (" + device.driver() +
                                 ") fails the self-test: " + device.selfTest.firstFailure() +
                                 ". Its results could be wrong, so it is not used: update the "
                                 "driver, choose another device (glint info), or use "
                                 "--backend reference"};
}

SessionOptions sessionOptions(const Device& device, const CommonOptions& options,
                              Progress& progress) {
  SessionOptions session;
  session.mapping = options.mapping(mappingFor(device.name()));
  session.useTuned = options.placement == "auto" && options.texels == "auto";
  session.cacheDirectory = options.cacheDirectory();
  session.progress = [&progress](int ready, int of, const std::string& layer) {
    progress.show("building programs: " + layer, ready, of);
  };
  return session;
}

void specialiseOn(const Device& device, const CommonOptions& options, SessionOptions& session) {
  if ((session.mapping && session.mapping->forcePlacement) || !session.given.ops.empty()) return;
  session.share = [&egl = *device.egl, limits = contextOptions(options)] {
    return egl::shareContext(egl, limits);
  };
}

Result<Schedule> planModel(const Model& model, const CommonOptions& options,
                           std::string& limitsOf) {
  ScheduleOptions plan;
  const bool es2 = options.es == 2;
  MappingOptions rules;
  limitsOf = es2 ? "an OpenGL ES 2 device such as a Raspberry Pi Zero" : "every OpenGL ES 3 device";
  if (es2) plan.limits = DeviceLimits::es2();
  if (!options.device.empty() && !options.onReference()) {
    GLINT_ASSIGN(const Device device, openDevice(options));
    plan.limits = deviceLimits(*device.context);
    limitsOf = device.name();
    rules = mappingFor(limitsOf);
  } else if (options.drawBuffers > 0) {
    plan.limits.targets = es2 ? 1 : options.drawBuffers;
    limitsOf += ", with draw buffers held to " + std::to_string(options.drawBuffers);
  }
  plan.mapping = options.mapping(rules);
  if (options.onReference()) {
    limitsOf = "the reference";
    plan.software.resize(static_cast<std::size_t>(model.layerCount()));
    std::iota(plan.software.begin(), plan.software.end(), 0);
  }
  return makeSchedule(model, plan);
}

std::vector<std::string> softwareLayers(const Model& model, const Schedule& schedule) {
  std::vector<std::string> found;
  for (int i = 0; i < model.layerCount(); ++i) {
    const LayerPlan& plan = schedule.layers[static_cast<std::size_t>(i)];
    if (plan.backend == Backend::Hardware || isHostEdge(model.layer(i).type())) continue;
    found.push_back(describe(model.layer(i)) + " runs in software: " + plan.why);
  }
  return found;
}

Json layersJson(const Model& model, const Schedule& schedule) {
  Json layers = Json::array();
  for (int i = 0; i < model.layerCount(); ++i) {
    const LayerPlan& plan = schedule.layers[static_cast<std::size_t>(i)];
    Json layer = Json::object();
    layer.set("name", model.layer(i).name);
    layer.set("type", model.layer(i).type());
    layer.set("backend", plan.backend == Backend::Hardware ? "hardware" : "software");
    if (!plan.why.empty()) layer.set("why", plan.why);
    layers.push(std::move(layer));
  }
  return layers;
}

}  // namespace glint::cli
