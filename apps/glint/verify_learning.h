#pragma once

#include <string>

#include "apps/glint/device.h"
#include "nnets/formats/vector_file.h"

namespace glint::cli {

/// Runs a test vector of learning (nnets/api/learning_vector.h), on `device` or, null, on the
/// reference. `software` gets the layers that should have run on the GPU, and why they did not.
/// Errors: those of reading it and of its calls.
Result<VectorResult> verifyLearning(SafeTensors file, const Device* device,
                                    const SessionOptions& options, std::string& software);

}  // namespace glint::cli
