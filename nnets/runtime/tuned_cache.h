#pragma once

#include <optional>
#include <string>

#include "gpu/context/context.h"
#include "nnets/devices/tuned.h"
#include "nnets/graph/model.h"

/// What measuring chose, kept beside the program binaries: a JSON file for each model, driver with
/// its limits, and version of Glint. Whatever is wrong with a file costs its use, never an error.
namespace glint {

/// The file of a model on this device; empty when nothing is kept. The same for all extents of a
/// fully convolutional model, as its programs are.
std::string tunedPath(const std::string& directory, const gpu::Context& context,
                      const Model& model);

/// What is kept there; nothing if the file is absent, damaged, or of another model, device or
/// version. A file that is there but not used is logged.
std::optional<Tuned> loadTuned(const std::string& directory, const gpu::Context& context,
                               const Model& model);

/// Makes the directory if need be. Errors (File) name the path.
Status storeTuned(const std::string& directory, const Tuned& tuned, const gpu::Context& context,
                  const Model& model);

}  // namespace glint
