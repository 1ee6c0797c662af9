#pragma once

#include <string>
#include <vector>

#include "apps/glint/options.h"

namespace glint::cli {

/// What `glint stream` was asked for.
struct StreamOptions {
  CommonOptions common;
  std::string model, output, snapshot, restore;
  std::vector<std::string> inputs;
  bool raw = false;
  bool check = false;
  int resetEvery = 0;  ///< steps; 0: never
};

/// Steps through a model as they come.
Result<int> runStream(const StreamOptions& options);

}  // namespace glint::cli
