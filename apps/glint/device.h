#pragma once

#include <memory>
#include <string>

#include "apps/glint/options.h"
#include "apps/glint/progress.h"
#include "gpu/context/context.h"
#include "gpu/self_test.h"
#include "nnets/runtime/session.h"
#include "platform/egl/egl_context.h"

namespace glint::cli {

/// A GL device, ready for sessions.
struct Device {
  std::unique_ptr<egl::EglContext> egl;
  std::unique_ptr<gpu::Context> context;  ///< destroyed before `egl`
  gpu::SelfTestReport selfTest;

  const std::string& name() const { return context->capabilities().renderer; }
  const std::string& driver() const { return context->capabilities().version; }
};

/// Opens the device that the options name and runs the self-test, whatever comes of it.
/// Errors (Driver) say what is missing and what to install.
Result<Device> openUntrusted(const CommonOptions& options);

/// The same; a driver that fails the self-test is refused with the name of the check.
Result<Device> openDevice(const CommonOptions& options);

/// Session options for a device and from the command line; programs that are built show on
/// `progress`.
SessionOptions sessionOptions(const Device& device, const CommonOptions& options,
                              Progress& progress);

/// Lets a session specialise its programs behind; `device` outlives the session.
void specialiseOn(const Device& device, const CommonOptions& options, SessionOptions& session);

/// The schedule for the device that the options name, or, without --device, for what every
/// OpenGL ES 3 device has; needs no GL driver then. `limitsOf` tells whose limits they are.
Result<Schedule> planModel(const Model& model, const CommonOptions& options, std::string& limitsOf);

/// "layer 'conv1' (Conv2D) runs in software: <why>" for every layer that does, but is no host edge.
std::vector<std::string> softwareLayers(const Model& model, const Schedule& schedule);

/// {"name", "type", "backend", "why"} for every layer.
Json layersJson(const Model& model, const Schedule& schedule);

}  // namespace glint::cli
