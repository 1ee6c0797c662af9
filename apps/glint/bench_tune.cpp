#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

#include "apps/glint/bench.h"
#include "apps/glint/output.h"
#include "apps/glint/run.h"
#include "core/table.h"
#include "nnets/runtime/tuned_cache.h"
#include "nnets/runtime/tuner.h"

/// `glint bench --tune`: the clock for the tuner, what it found, and where that is kept.
namespace glint::cli {
namespace {

constexpr double kTuneSeconds = 300, kBatchMs = 5;
/// A whole that gains less is not worth leaving the rules for.
constexpr double kWorthwhile = 0.98;

Result<std::vector<double>> measure(const std::vector<TunerOptions::Work>& works,
                                    Progress& progress) {
  std::vector<Batches> batches;
  for (const TunerOptions::Work& work : works) batches.emplace_back(work.run, work.wait, kBatchMs);
  GLINT_ASSIGN(const auto samples, sampleInRounds(batches, 0.5, [&](int done, int of) {
                 progress.show("timing", done, of);
               }));
  std::vector<double> medians;
  for (const std::vector<double>& one : samples) medians.push_back(medianOf(one));
  return medians;
}

std::string namesOf(const Model& model, const std::vector<int>& layers) {
  std::string names;
  for (const int layer : layers) names += (names.empty() ? "" : ", ") + model.layer(layer).name;
  return names;
}

Json reportJson(const TuningReport& report, const Model& model, const std::string& kept) {
  Json layers = Json::array();
  for (const TunedGroup& group : report.groups) {
    Json row = Json::object();
    row.set("layers", namesOf(model, group.layers));
    row.set("rules", group.rules);
    row.set("rules_ms", group.rulesMs);
    row.set("chosen", group.chosen);
    row.set("chosen_ms", group.chosenMs);
    layers.push(std::move(row));
  }
  Json json = Json::object();
  json.set("layers", std::move(layers));
  json.set("texels", texelsName(report.tuned.bytes));
  json.set("rules_ms", report.rulesMs);
  json.set("tuned_ms", report.tunedMs);
  json.set("kept", kept);
  Json missing = Json::array();
  for (const std::string& one : report.notTried) missing.push(one);
  json.set("not_tried", std::move(missing));
  return json;
}

void printTuning(const TuningReport& report, const Model& model, const std::string& kept) {
  Table table({"Layers", "Rules", ">Median ms", "Measured best", ">Median ms", ">Gain"});
  const auto gain = [](double before, double after) { return text("%.2f", before / after); };
  for (const TunedGroup& group : report.groups) {
    table.row({namesOf(model, group.layers), group.rules, milliseconds(group.rulesMs), group.chosen,
               milliseconds(group.chosenMs), gain(group.rulesMs, group.chosenMs)});
  }
  table.row({"all", "", milliseconds(report.rulesMs),
             "texels " + std::string(texelsName(report.tuned.bytes)), milliseconds(report.tunedMs),
             gain(report.rulesMs, report.tunedMs)});
  print(table.toString());
  for (const std::string& one : report.notTried) print("not tried: " + one);
  print(kept.empty() ? "nothing is kept: the rules are as fast" : "kept in " + kept);
}

/// Keeps the result, or takes away an older one that the rules beat. Gives the file, or nothing.
Result<std::string> keep(const TuningReport& report, const std::string& cache,
                         const gpu::Context& context, const Model& model) {
  const std::string path = tunedPath(cache, context, model);
  if (report.tunedMs > kWorthwhile * report.rulesMs) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    return std::string();
  }
  GLINT_TRY(storeTuned(cache, report.tuned, context, model));
  return path;
}

}  // namespace

Result<int> benchTune(const BenchOptions& options, const Model& model) {
  const CommonOptions& common = options.common;
  if (common.onReference()) throw WrongUse{"--tune measures the GPU backend"};
  if (common.placement != "auto" || common.texels != "auto") {
    throw WrongUse{
        "--tune chooses placement and texels itself: leave --placement and --texels out"};
  }
  const std::string cache = common.cacheDirectory();
  if (cache.empty())
    throw WrongUse{"--tune keeps what it finds in the cache: leave --no-cache out"};
  GLINT_ASSIGN(const Device device, openDevice(common));
  Progress progress;
  SessionOptions session = sessionOptions(device, common, progress);
  specialiseOn(device, common, session);
  const auto begin = std::chrono::steady_clock::now();
  const double budget = options.seconds > 0 ? options.seconds : kTuneSeconds;
  TunerOptions how;
  how.measure = [&](const std::vector<TunerOptions::Work>& works) {
    return measure(works, progress);
  };
  how.enough = [&] {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
    return passed.count() > budget;
  };
  how.progress = [&](const std::string& what) { progress.show("trying " + what, 0, 1); };
  GLINT_ASSIGN(const TuningReport report, tune(*device.context, model, session, how));
  progress.clear();
  GLINT_ASSIGN(const std::string kept, keep(report, cache, *device.context, model));
  if (common.json) {
    printJson(reportJson(report, model, kept));
  } else {
    printTuning(report, model, kept);
  }
  return kDone;
}

}  // namespace glint::cli
