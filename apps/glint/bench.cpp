#include "apps/glint/bench.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>

#include "apps/glint/commands.h"
#include "apps/glint/output.h"
#include "apps/glint/table.h"

namespace glint::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kModelSeconds = 1, kLayerSeconds = 0.5;

/// One row: the whole, or a layer.
struct Row {
  std::string name;
  bool timed = true;
  std::string why;  ///< why it is not timed
  Timing timing;
  std::int64_t macs = 0;
  std::size_t passes = 0, programs = 0;
  double gmacs() const {
    return timing.median > 0 ? static_cast<double>(macs) / timing.median * 1e-6 : 0;
  }
};

struct Report {
  std::string device, driver, what;
  double compileMs = 0;
  double settleMs = 0;  ///< until all specialised programs were in use
  std::int64_t compiled = 0, loaded = 0;
  Row all;
  std::vector<Row> layers;
};

double millisecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

Row rowOf(const Model& model, const Schedule& schedule, int layer) {
  Row row;
  row.name = model.layer(layer).name + " (" + std::string(model.layer(layer).type()) + ")";
  row.macs = model.layer(layer).macs(model.inputTypes(layer));
  std::vector<int> programs;
  for (const DrawPlan& draw : schedule.draws) {
    if (schedule.graph.ops[static_cast<std::size_t>(draw.op)].layer != layer) continue;
    ++row.passes;
    if (std::find(programs.begin(), programs.end(), draw.program) == programs.end()) {
      programs.push_back(draw.program);
    }
  }
  row.programs = programs.size();
  const LayerPlan& plan = schedule.layers[static_cast<std::size_t>(layer)];
  row.timed = row.passes > 0;
  if (!row.timed) row.why = plan.why.empty() ? "draws nothing" : "software: " + plan.why;
  return row;
}

Result<Report> benchGpu(const Model& model, const CommonOptions& options, bool layers) {
  GLINT_ASSIGN(Device device, openDevice(options));
  Progress progress;
  Report report;
  report.device = device.name();
  report.driver = device.driver();
  device.context->counters() = {};
  const auto begin = Clock::now();
  SessionOptions wanted = sessionOptions(device, options, progress);
  specialiseOn(device, options, wanted);
  GLINT_ASSIGN(const std::unique_ptr<Session> session,
               Session::create(*device.context, model, std::move(wanted)));
  report.compileMs = millisecondsSince(begin);
  progress.show("specialising programs", 0, 1);
  const auto settling = Clock::now();
  if (const Status settled = session->settle(); !settled) {
    note("note: not all programs are specialised: " + settled.error().message);
  }
  report.settleMs = millisecondsSince(settling);
  progress.clear();
  report.compiled = device.context->counters().programsCompiled;
  report.loaded = device.context->counters().programsLoaded;
  const Schedule& schedule = session->schedule();
  for (const std::string& line : softwareLayers(model, schedule)) note("note: " + line);
  if (schedule.draws.empty()) {
    return Error{Errc::Unsupported, "no layer runs on the GPU: there is nothing to time"};
  }
  GLINT_TRY(session->run(zeroFeeds(model)));
  const auto wait = [&] { return session->wait(); };
  progress.show("timing the whole", 0, model.layerCount() + 1);
  GLINT_ASSIGN(report.all.timing,
               timeBatches([&] { return session->drawOnly(); }, wait, kModelSeconds));
  report.all.passes = schedule.draws.size();
  report.all.programs = schedule.programs.size();
  for (int i = 0; layers && i < model.layerCount(); ++i) {
    progress.show("timing " + model.layer(i).name, i + 1, model.layerCount() + 1);
    Row row = rowOf(model, schedule, i);
    if (row.timed) {
      GLINT_ASSIGN(row.timing,
                   timeBatches([&] { return session->drawLayer(i); }, wait, kLayerSeconds));
    }
    report.layers.push_back(std::move(row));
  }
  report.what =
      "draws only, without upload and read-back; batches of draws, each ended by reading "
      "one texel";
  return report;
}

Result<Report> benchReference(const Model& model) {
  Report report;
  report.device = "the reference, on the processor";
  report.driver = "none";
  std::vector<LayerState> states;
  const std::vector<Tensor> feeds = zeroFeeds(model);
  GLINT_ASSIGN(report.all.timing, timeBatches(
                                      [&]() -> Status {
                                        const auto outputs = runReference(model, feeds, states);
                                        return outputs.ok() ? Status() : Status(outputs.error());
                                      },
                                      [] { return Status(); }, kModelSeconds));
  report.what = "the reference on one thread";
  return report;
}

void setRow(Json& json, const Row& row) {
  json.set("gmacs", row.gmacs());
  json.set("macs", row.macs);
  json.set("median_ms", row.timing.median);
  json.set("p10_ms", row.timing.p10);
  json.set("p90_ms", row.timing.p90);
  json.set("passes", row.passes);
  json.set("programs", row.programs);
}

Json reportJson(const Report& report, const BenchOptions& options) {
  Json json = Json::object();
  json.set("device", report.device);
  json.set("driver", report.driver);
  json.set("backend", options.common.backend);
  json.set(options.layer.empty() ? "model" : "layer",
           options.layer.empty() ? options.model : options.layer);
  setRow(json, report.all);
  json.set("compile_ms", report.compileMs);
  json.set("specialise_ms", report.settleMs);
  json.set("programs_compiled", report.compiled);
  json.set("programs_loaded", report.loaded);
  json.set("timed", report.what);
  if (!options.layer.empty()) return json;
  Json layers = Json::array();
  for (const Row& row : report.layers) {
    Json layer = Json::object();
    layer.set("name", row.name);
    layer.set("device", row.timed ? report.device : "not timed: " + row.why);
    setRow(layer, row);
    layer.set("compile_ms", Json());
    layers.push(std::move(layer));
  }
  json.set("layers", std::move(layers));
  return json;
}

void printReport(const Report& report, const Model& model) {
  print("device    " + report.device + ", driver " + report.driver);
  const TensorType& feed = model.inputTypes(model.feeds()[0])[0];
  print("input     " + feed.toString() + ", " + grouped(report.all.macs) + " multiply-accumulates");
  print("timed     " + report.what);
  print("compile   " + milliseconds(report.compileMs) +
        text(" ms: %lld programs compiled, %lld loaded from the cache",
             static_cast<long long>(report.compiled), static_cast<long long>(report.loaded)));
  if (report.settleMs > 1) {
    print("behind    " + milliseconds(report.settleMs) +
          " ms until specialised programs were in use");
  }
  Table table({"Layer", ">Median ms", ">p10", ">p90", ">GMAC/s", ">Passes", ">Programs"});
  const auto add = [&](const Row& row) {
    if (!row.timed) {
      table.row({row.name, "-", "-", "-", "-", "-", row.why});
      return;
    }
    table.row({row.name, milliseconds(row.timing.median), milliseconds(row.timing.p10),
               milliseconds(row.timing.p90), text("%.2f", row.gmacs()), std::to_string(row.passes),
               std::to_string(row.programs)});
  };
  for (const Row& row : report.layers) add(row);
  add(report.all);
  print(table.toString());
}

Result<int> bench(BenchOptions options) {
  if (options.model.empty() == options.layer.empty()) {
    throw WrongUse{"bench takes either a model file or --layer SPEC"};
  }
  if (options.startup || options.firstResult) {
    if (!options.layer.empty()) throw WrongUse{"--startup takes a model file, not --layer"};
    return options.startup ? benchStartup(options) : firstResult(options);
  }
  Model model;
  if (options.layer.empty()) {
    GLINT_ASSIGN(model, loadModelAt(options.model, options.size));
  } else {
    if (options.size.given()) throw WrongUse{"--layer takes its size in the spec: size=256"};
    Result<Model> made = layerModel(options.layer, options.common.placement);
    if (!made.ok()) throw WrongUse{"--layer " + options.layer + ": " + made.error().message};
    model = std::move(made).value();
  }
  GLINT_ASSIGN(Report report, options.common.onReference()
                                  ? benchReference(model)
                                  : benchGpu(model, options.common, options.layer.empty()));
  report.all.name = options.layer.empty() ? "all" : options.layer;
  report.all.macs = model.macs();
  if (options.common.json) {
    printJson(reportJson(report, options));
  } else {
    printReport(report, model);
  }
  return kDone;
}

}  // namespace

Result<Timing> timeBatches(const std::function<Status()>& work, const std::function<Status()>& wait,
                           double seconds) {
  constexpr double kBatchMs = 20, kWarmUpMs = 100;
  const auto batch = [&](int runs) -> Result<double> {
    const auto begin = Clock::now();
    for (int i = 0; i < runs; ++i) GLINT_TRY(work());
    GLINT_TRY(wait());
    return millisecondsSince(begin) / runs;
  };
  const auto start = Clock::now();
  int runs = 1;
  double each = 0;
  do {
    GLINT_ASSIGN(each, batch(runs));
    runs = std::clamp(static_cast<int>(kBatchMs / std::max(each, 1e-4)), 1, 4096);
  } while (millisecondsSince(start) < kWarmUpMs);
  std::vector<double> samples;
  const auto begin = Clock::now();
  while (samples.size() < 5 || (millisecondsSince(begin) < 1e3 * seconds && samples.size() < 500)) {
    GLINT_ASSIGN(const double sample, batch(runs));
    samples.push_back(sample);
    if (samples.size() >= 2 && millisecondsSince(begin) > 20e3) break;
  }
  std::sort(samples.begin(), samples.end());
  const auto quantile = [&](double q) {
    return samples[static_cast<std::size_t>(
        std::lround(q * static_cast<double>(samples.size() - 1)))];
  };
  return Timing{quantile(.5), quantile(.1), quantile(.9)};
}

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
  command->add_flag("--startup", options->startup,
                    "Time from process start to first result, with empty and with filled caches");
  command->add_flag("--first-result", options->firstResult)->group("");
  addSizeOption(*command, options->size, "Bind the model to pictures of this size");
  addCommonOptions(*command, options->common);
  command->footer(
      "Examples: glint bench assets/models/zoom2x.glint --size 640x480\n"
      "          glint bench --layer Conv2D,k=3,in=32,out=32,size=256,stride=1\n"
      "          glint bench --startup assets/models/zoom2x.glint");
  command->callback([options, &invocation] {
    invocation = {[options] { return bench(*options); }, &options->common};
  });
}

}  // namespace glint::cli
