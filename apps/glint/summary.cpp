#include "nnets/api/summary.h"

#include <memory>
#include <utility>

#include <CLI/CLI.hpp>

#include "apps/glint/commands.h"
#include "apps/glint/device.h"
#include "apps/glint/output.h"
#include "core/table.h"
#include "nnets/api/model.h"
#include "nnets/api/planned_device.h"

namespace glint::cli {
namespace {

struct SummaryOptions {
  CommonOptions common;
  std::string model;
  bool ranges = false;
  Size size;
};

/// Everything the tables show of one layer.
struct LayerRow {
  api::SummaryRow shown;
  std::string why, proof, range;
  std::int64_t macs = 0;

  std::string name() const { return shown.layer.name(); }
  bool onHardware() const { return shown.backend == api::BackendType::Hardware; }
};

std::string rangeOf(const Schedule& schedule, const Model& model, int layer) {
  const int value = schedule.graph.layerValue[static_cast<std::size_t>(layer)];
  if (model.outputType(layer).isFloat) return "float32";
  const auto& ranges = schedule.graph.values[static_cast<std::size_t>(value)].range;
  Interval all = ranges.empty() ? model.outputType(layer).range() : ranges[0];
  for (const Interval& range : ranges) all = hull(all, range);
  return "[" + std::to_string(all.lo) + ", " + std::to_string(all.hi) + "]";
}

std::vector<LayerRow> rowsOf(const api::Model& planned) {
  std::vector<LayerRow> rows;
  for (api::SummaryRow& shown : api::summaryRows(planned)) {
    const auto i = static_cast<int>(rows.size());
    const LayerPlan& plan = planned.schedule()->layers[static_cast<std::size_t>(i)];
    rows.push_back({std::move(shown), plan.why, plan.proof,
                    rangeOf(*planned.schedule(), planned.graph(), i),
                    planned.graph().layer(i).macs(planned.graph().inputTypes(i))});
  }
  return rows;
}

std::int64_t inputPositions(const Model& model) {
  const TensorType& feed = model.inputTypes(model.feeds()[0])[0];
  return feed.x() * feed.y();
}

void printTables(const api::Model& planned, const std::string& limitsOf) {
  const Model& model = planned.graph();
  const Schedule& schedule = *planned.schedule();
  print(planned.summary());
  for (const std::string& line : softwareLayers(model, schedule)) print(line);
  print("Multiply-accumulates: " + grouped(model.macs()) + ", " +
        text("%.1f per input position",
             static_cast<double>(model.macs()) / static_cast<double>(inputPositions(model))));
  print(text("On the GPU: %zu programs, %zu draws, %zu textures of %.2f MiB",
             schedule.programs.size(), schedule.draws.size(), schedule.textures.size(),
             static_cast<double>(schedule.textureBytes()) / 1048576));
  print("Planned for " + limitsOf);
}

void printRanges(const std::vector<LayerRow>& rows) {
  print("\nWhy the results are exact: bound of every partial sum, arithmetic, epilogue");
  Table table({"Layer", "Output range", "Proof"});
  for (const LayerRow& row : rows) {
    const std::string why = row.onHardware() ? "no arithmetic" : "host: " + row.why;
    table.row({row.name(), row.range, row.proof.empty() ? why : row.proof});
  }
  print(table.toString());
}

Json summaryJson(const api::Model& planned, const std::vector<LayerRow>& rows,
                 const std::string& limitsOf) {
  const Model& model = planned.graph();
  const Schedule& schedule = *planned.schedule();
  Json json = Json::object();
  json.set("planned_for", limitsOf);
  json.set("input_shape", api::inputShapes(model));
  json.set("output_shape", api::outputShapes(model));
  json.set("macs", model.macs());
  json.set("macs_per_input_position",
           static_cast<double>(model.macs()) / static_cast<double>(inputPositions(model)));
  json.set("sequences", planned.sequences().size());
  json.set("programs", schedule.programs.size());
  json.set("draws", schedule.draws.size());
  json.set("texture_bytes", schedule.textureBytes());
  Json layers = Json::array();
  for (const LayerRow& row : rows) {
    Json layer = Json::object();
    layer.set("name", row.name());
    layer.set("type", row.shown.layer.graph().type());
    layer.set("output_shape", row.shown.outputShape);
    layer.set("kernel", row.shown.kernels[0]);
    layer.set("kernels", Json(Json::Array(row.shown.kernels.begin(), row.shown.kernels.end())));
    layer.set("nps", row.shown.nps);
    layer.set("backend", api::name(row.shown.backend));
    layer.set("why", row.why);
    layer.set("proof", row.proof);
    layer.set("output_range", row.range);
    layer.set("macs", row.macs);
    layers.push(std::move(layer));
  }
  json.set("layers", std::move(layers));
  return json;
}

Result<int> summary(const SummaryOptions& options) {
  GLINT_ASSIGN(Model model, loadModelAt(options.model, options.size));
  std::string limitsOf;
  const auto plan = [&](const Model& planned) {
    return planModel(planned, options.common, limitsOf);
  };
  api::Model planned(std::move(model));
  GLINT_TRY(planned.map(std::make_shared<api::PlannedDevice>("the planned device", plan)));
  const std::vector<LayerRow> rows = rowsOf(planned);
  if (options.common.json) {
    printJson(summaryJson(planned, rows, limitsOf));
    return kDone;
  }
  printTables(planned, limitsOf);
  if (options.ranges) printRanges(rows);
  return kDone;
}

}  // namespace

void addSummary(CLI::App& app, Invocation& invocation) {
  CLI::App* command =
      app.add_subcommand("summary", "Show the layers of a model and where they run");
  auto options = std::make_shared<SummaryOptions>();
  command->add_option("model", options->model, "Model file (.glint) or description (bench/*.json)")
      ->required();
  command->add_flag("--ranges", options->ranges, "Show the proof that each layer is exact");
  addSizeOption(*command, options->size, "Bind the model to pictures of this size");
  addCommonOptions(*command, options->common);
  command->footer(
      "Works without a GL driver, unless --device asks for that device's limits.\n"
      "Example: glint summary assets/models/zoom2x.glint --ranges --size 640x480");
  command->callback([options, &invocation] {
    invocation = {[options] { return summary(*options); }, &options->common};
  });
}

}  // namespace glint::cli
