#pragma once

#include <string>
#include <vector>

#include "apps/glint/engine.h"

namespace glint::cli {

/// What `glint run` was asked for.
struct RunOptions {
  CommonOptions common;
  std::string model, input, output, compare;
  bool check = false;
  int tile = Engine::kDefaultTile;
  int repeat = -1;  ///< timed runs after the first; -1: 5 on the GPU, none on the reference

  int timedRuns() const { return repeat >= 0 ? repeat : common.onReference() ? 0 : 5; }
};

/// A picture in; a picture, labels or numbers out.
Result<int> runPicture(const RunOptions& options, const Model& model);
/// Tensors in and out.
Result<int> runArrays(const RunOptions& options, const Model& model);

/// The middle of the times; the first one when there is no other.
double medianOf(std::vector<double> values);

/// Prints the reasons why layers run in software to stderr: nothing falls back silently.
void noteSoftware(const std::vector<std::string>& layers);

}  // namespace glint::cli
