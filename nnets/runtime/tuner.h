#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "nnets/runtime/session.h"

/// Finds by measuring how the layers of a model are best mapped on a device: sessions are made for
/// kinds of texels, placements and numbers of filters a pass, the draws of each layer are timed in
/// all of them, and each layer gets what was fastest. Layers that are computed in each other's
/// passes are taken together. Results cannot differ: whatever is chosen, the schedule proves and
/// computes the same.
namespace glint {

/// How the tuner measures. It reads no clock itself.
struct TunerOptions {
  /// One thing to time: run it again and again, then `wait`.
  struct Work {
    std::function<Status()> run;
    std::function<Status()> wait;
  };
  /// Milliseconds of each, comparable with one another.
  std::function<Result<std::vector<double>>(const std::vector<Work>&)> measure;
  /// Asked before a session is made, which may take long: true ends the search. May be empty.
  std::function<bool()> enough;
  /// Told what is being tried. May be empty.
  std::function<void(const std::string&)> progress;
};

/// What was measured for a layer, or for several that share passes.
struct TunedGroup {
  std::vector<int> layers;
  std::string rules;   ///< what the rules chose for the layer that draws: "inline, 32 filters"
  std::string chosen;  ///< what was fastest
  double rulesMs = 0, chosenMs = 0;
};

struct TuningReport {
  Tuned tuned;
  std::vector<TunedGroup> groups;
  double rulesMs = 0;                 ///< the whole as the rules map it
  double tunedMs = 0;                 ///< the whole as chosen
  std::vector<std::string> notTried;  ///< and why
  bool better() const { return tunedMs < rulesMs; }
};

/// `options` as for Session::create; what it says about tuning is ignored. Errors: those of the
/// first session; Unsupported when no layer runs on the GPU; those of `measure`.
Result<TuningReport> tune(gpu::Context& context, const Model& model, const SessionOptions& options,
                          const TunerOptions& how);

}  // namespace glint
