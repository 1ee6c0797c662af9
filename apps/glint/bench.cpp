#include "apps/glint/bench.h"

#include <memory>
#include <utility>

#include <CLI/CLI.hpp>

#include "apps/glint/commands.h"
#include "apps/glint/output.h"
#include "core/table.h"

namespace glint::cli {
namespace {

Result<BenchReport> benchReference(const Model& model, double seconds) {
  BenchReport report;
  report.device = "the reference, on the processor";
  report.driver = "none";
  std::vector<LayerState> states;
  const std::vector<Tensor> feeds = zeroFeeds(model);
  std::vector<Batches> batches;
  batches.emplace_back(
      [&]() -> Status {
        const auto outputs = runReference(model, feeds, states);
        return outputs.ok() ? Status() : Status(outputs.error());
      },
      [] { return Status(); });
  GLINT_ASSIGN(const auto samples, sampleInRounds(batches, seconds, {}));
  report.all.timing = timingOf(samples[0]);
  report.what = "the reference on one thread";
  return report;
}

/// The model, or the layer as one.
Result<Model> benchModel(BenchOptions& options) {
  if (options.layer.empty()) return loadModelAt(options.model, options.size);
  if (options.size.given()) throw WrongUse{"--layer takes its size in the spec: size=256"};
  Result<Model> made = layerModel(options.layer, options.common.placement);
  if (!made.ok()) throw WrongUse{"--layer " + options.layer + ": " + made.error().message};
  return made;
}

Result<int> bench(BenchOptions options) {
  if (options.model.empty() == options.layer.empty()) {
    throw WrongUse{"bench takes either a model file or --layer SPEC"};
  }
  if (options.startup || options.firstResult) {
    if (!options.layer.empty()) throw WrongUse{"--startup takes a model file, not --layer"};
    return options.startup ? benchStartup(options) : firstResult(options);
  }
  const bool isModel = options.layer.empty();
  if (options.tune) {
    if (!options.trace.empty()) throw WrongUse{"bench takes either --tune or --trace"};
    GLINT_ASSIGN(const Model model, benchModel(options));
    return benchTune(options, model);
  }
  if (options.seconds == 0) options.seconds = isModel ? 4 : 1;
  GLINT_ASSIGN(const Model model, benchModel(options));
  if (!options.trace.empty()) return benchTrace(options, model);
  if (options.stream) return benchStream(options, model);
  GLINT_ASSIGN(BenchReport report, options.common.onReference()
                                       ? benchReference(model, options.seconds)
                                       : benchGpu(model, options, isModel && !options.noLayers));
  report.all.name = isModel ? "all" : options.layer;
  report.all.macs = model.macs();
  if (options.common.json) {
    printJson(reportJson(report, options));
  } else {
    printReport(report, model);
  }
  return kDone;
}

}  // namespace

std::vector<Tensor> zeroFeeds(const Model& model) {
  std::vector<Tensor> feeds;
  for (const int feed : model.feeds()) {
    const TensorType& type = model.inputTypes(feed)[0];
    feeds.emplace_back(type.dtype(), type.shape);
  }
  return feeds;
}

void addBench(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand("bench", "Measure speed");
  auto options = std::make_shared<BenchOptions>();
  command->add_option("model", options->model, "Model file (.glint) or description (bench/*.json)");
  command->add_option("--layer", options->layer,
                      "Layer with random weights instead of a model: TYPE,key=value,... with keys "
                      "k, in, out, size (of the output), stride, seed, placement");
  command
      ->add_option("--seconds", options->seconds,
                   "How long to time: 4 (the default) for a model, 1 for a layer")
      ->check(CLI::Range(0.01, 3600.));
  command->add_flag("--no-layers", options->noLayers, "Of a model, time the whole only");
  command->add_option("--trace", options->trace,
                      "Run step by step and write a trace for chrome://tracing or Perfetto");
  command->add_flag("--tune", options->tune,
                    "Measure how each layer is best mapped on the device, and keep that beside the "
                    "compiled programs: run, bench and verify use it. --seconds bounds the search");
  command->add_flag("--stream", options->stream,
                    "Time steps of a model that keeps state, transfers included: state on the GPU, "
                    "on the processor, and several streams in turn");
  command->add_flag("--startup", options->startup,
                    "Time from process start to first result, with empty and with filled caches");
  command->add_flag("--first-result", options->firstResult)->group("");
  addSizeOption(*command, options->size, "Bind the model to pictures of this size");
  addCommonOptions(*command, options->common);
  command->footer(
      "Examples: glint bench assets/models/zoom2x.glint --size 640x480\n"
      "          glint bench --layer Conv2D,k=3,in=32,out=32,size=256,stride=1\n"
      "          glint bench --startup assets/models/zoom2x.glint\n"
      "          glint bench bench/mobilenet025_160.json --trace trace.json\n"
      "          glint bench bench/tenn_stream.json --stream");
  command->callback([options, &invocation] {
    invocation = {[options] { return bench(*options); }, &options->common};
  });
}

}  // namespace glint::cli
