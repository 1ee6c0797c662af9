#include <utility>

#include "apps/glint/bench.h"
#include "apps/glint/output.h"
#include "core/table.h"

/// What `glint bench` says: a table, or one JSON object.
namespace glint::cli {
namespace {

void setRow(Json& json, const BenchRow& row) {
  json.set("gmacs", row.gmacs());
  json.set("macs", row.macs);
  json.set("median_ms", row.timing.median);
  json.set("p10_ms", row.timing.p10);
  json.set("p90_ms", row.timing.p90);
  json.set("passes", row.passes);
  json.set("programs", row.programs);
}

}  // namespace

Json reportJson(const BenchReport& report, const BenchOptions& options) {
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
  json.set("tuned", report.tuned);
  if (report.layers.empty()) return json;
  json.set("layers_ms", report.layersMs);
  json.set("layer_share", report.layerShare);
  Json layers = Json::array();
  for (const BenchRow& row : report.layers) {
    Json layer = Json::object();
    layer.set("name", row.name);
    layer.set("device", row.timed ? report.device : "not timed: " + row.why);
    if (!row.inside.empty()) layer.set("inside", row.inside);
    setRow(layer, row);
    layer.set("compile_ms", Json());
    layers.push(std::move(layer));
  }
  json.set("layers", std::move(layers));
  return json;
}

void printReport(const BenchReport& report, const Model& model) {
  print("device    " + report.device + ", driver " + report.driver);
  const TensorType& feed = model.inputTypes(model.feeds()[0])[0];
  print("input     " + feed.toString() + ", " + grouped(report.all.macs) + " multiply-accumulates");
  print("timed     " + report.what);
  print("compile   " + milliseconds(report.compileMs) +
        text(" ms: %lld programs compiled, %lld loaded from the cache",
             static_cast<long long>(report.compiled), static_cast<long long>(report.loaded)));
  if (report.tuned) print("tuned     by what glint bench --tune found on this device");
  if (report.settleMs > 1) {
    print("behind    " + milliseconds(report.settleMs) +
          " ms until specialised programs were in use");
  }
  Table table({"Layer", ">Median ms", ">p10", ">p90", ">GMAC/s", ">Passes", ">Programs"});
  const auto add = [&](const BenchRow& row) {
    if (!row.timed) {
      // The reasons are in the notes and in the JSON.
      table.row({row.name, "-", "-", "-", "-", "-", row.why.substr(0, row.why.find(':'))});
      return;
    }
    table.row({row.name, milliseconds(row.timing.median), milliseconds(row.timing.p10),
               milliseconds(row.timing.p90), text("%.2f", row.gmacs()), std::to_string(row.passes),
               std::to_string(row.programs)});
  };
  for (const BenchRow& row : report.layers) add(row);
  add(report.all);
  print(table.toString());
  if (report.layerShare > 0) {
    print("layers    " + milliseconds(report.layersMs) +
          text(" ms, the sum of all layers alone: the whole reaches %.2f of their rate",
               report.layerShare));
  }
}

}  // namespace glint::cli
