#pragma once

#include <string>
#include <vector>

#include "apps/glint/device.h"
#include "apps/glint/timing.h"

namespace glint::cli {

/// What `glint bench` was asked for.
struct BenchOptions {
  CommonOptions common;
  std::string model;
  std::string layer;  ///< "Conv2D,k=3,in=32,...": a layer instead of a model
  Size size;
  double seconds = 0;     ///< of timing; 0: 1 for a layer, 4 for a model
  bool noLayers = false;  ///< of a model, time the whole only
  bool tune = false;      ///< find the best mapping and keep it
  std::string trace;      ///< file for a trace; empty: none
  bool stream = false;    ///< steps of a model with state
  bool startup = false;
  bool firstResult = false;  ///< what --startup starts: run once, say so, end
};

/// One row of a report: the whole, or a layer.
struct BenchRow {
  std::string name;
  bool timed = true;
  std::string why;     ///< why it is not timed
  std::string inside;  ///< the layer in whose passes it is computed
  Timing timing;
  std::int64_t macs = 0;
  std::size_t passes = 0, programs = 0;
  double gmacs() const {
    return timing.median > 0 ? static_cast<double>(macs) / timing.median * 1e-6 : 0;
  }
};

struct BenchReport {
  std::string device, driver, what;
  double compileMs = 0;
  double settleMs = 0;  ///< until all specialised programs were in use
  std::int64_t compiled = 0, loaded = 0;
  BenchRow all;
  std::vector<BenchRow> layers;
  bool tuned = false;     ///< the mapping is what --tune found
  double layersMs = 0;    ///< median of the sum of all layers alone
  double layerShare = 0;  ///< median of that sum, divided by the whole of the same round
};

/// Times the draws of the model on the device, with `layers` those of each layer, too.
Result<BenchReport> benchGpu(const Model& model, const BenchOptions& options, bool layers);

/// One object with everything that was measured.
Json reportJson(const BenchReport& report, const BenchOptions& options);
void printReport(const BenchReport& report, const Model& model);

/// A model of one layer as `spec` describes it, with random weights. A placement in the spec goes
/// to `placement`. Errors (Value): name the key and what is legal.
Result<Model> layerModel(const std::string& spec, std::string& placement);

/// Starts itself with empty and with filled caches. Prints cold_ms and warm_ms.
Result<int> benchStartup(const BenchOptions& options);
/// The other side: runs the model once, then prints a line on stdout.
Result<int> firstResult(const BenchOptions& options);

/// Runs the model step by step and writes a trace of it to options.trace.
Result<int> benchTrace(const BenchOptions& options, const Model& model);

/// Measures mappings of the model's layers and keeps the best beside the compiled programs.
Result<int> benchTune(const BenchOptions& options, const Model& model);

/// Times steps of a model that keeps state, transfers included: its state on the GPU, the layers
/// that keep it on the processor, and several streams in turn.
Result<int> benchStream(const BenchOptions& options, const Model& model);

/// A feed of zeros for every input of the model.
std::vector<Tensor> zeroFeeds(const Model& model);

}  // namespace glint::cli
