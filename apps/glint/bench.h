#pragma once

#include <functional>
#include <string>
#include <vector>

#include "apps/glint/device.h"

namespace glint::cli {

/// What `glint bench` was asked for.
struct BenchOptions {
  CommonOptions common;
  std::string model;
  std::string layer;  ///< "Conv2D,k=3,in=32,...": a layer instead of a model
  Size size;
  bool startup = false;
  bool firstResult = false;  ///< what --startup starts: run once, say so, end
};

/// Times of one run in milliseconds.
struct Timing {
  double median = 0, p10 = 0, p90 = 0;
};

/// Times `work`, which is ended by `wait`: a warm-up, then batches of about 20 ms until `seconds`
/// are over; a batch's time divided by its runs is one sample.
Result<Timing> timeBatches(const std::function<Status()>& work, const std::function<Status()>& wait,
                           double seconds);

/// A model of one layer as `spec` describes it, with random weights. A placement in the spec goes
/// to `placement`. Errors (Value): name the key and what is legal.
Result<Model> layerModel(const std::string& spec, std::string& placement);

/// Starts itself with empty and with filled caches. Prints cold_ms and warm_ms.
Result<int> benchStartup(const BenchOptions& options);
/// The other side: runs the model once, then prints a line on stdout.
Result<int> firstResult(const BenchOptions& options);

/// A feed of zeros for every input of the model.
std::vector<Tensor> zeroFeeds(const Model& model);

}  // namespace glint::cli
