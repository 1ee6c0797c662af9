#include <memory>
#include <utility>

#include <CLI/CLI.hpp>

#include "apps/glint/commands.h"
#include "apps/glint/device.h"
#include "apps/glint/output.h"
#include "apps/glint/table.h"

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
  std::string name, type, shape, kernel, nps, backend, why, proof, range;
  std::int64_t macs = 0;
};

std::string kernelOf(const Layer& layer) {
  const auto weights = layer.variables.find("weights");
  if (weights == layer.variables.end()) return "N/A";
  std::string shape = weights->second.shape().toString();
  shape.front() = '(';
  shape.back() = ')';
  return shape;
}

/// "8 in 2 passes": the draw buffers that the layer's draws fill.
std::string npsOf(const Schedule& schedule, const LayerPlan& plan) {
  std::size_t nps = 0, passes = 0;
  for (const int op : plan.ops) {
    for (const PassMapping& pass : schedule.mapping.ops[static_cast<std::size_t>(op)].passes) {
      ++passes;
      for (const NpMapping& np : pass.nps) nps += np.filters > 0 ? 1 : 0;
    }
  }
  if (passes == 0) return "N/A";
  return text("%zu in %zu %s", nps, passes, passes == 1 ? "pass" : "passes");
}

std::string rangeOf(const Schedule& schedule, const Model& model, int layer) {
  const int value = schedule.graph.layerValue[static_cast<std::size_t>(layer)];
  if (model.outputType(layer).isFloat) return "float32";
  const auto& ranges = schedule.graph.values[static_cast<std::size_t>(value)].range;
  Interval all = ranges.empty() ? model.outputType(layer).range() : ranges[0];
  for (const Interval& range : ranges) all = hull(all, range);
  return "[" + std::to_string(all.lo) + ", " + std::to_string(all.hi) + "]";
}

std::vector<LayerRow> rowsOf(const Model& model, const Schedule& schedule) {
  std::vector<LayerRow> rows;
  for (int i = 0; i < model.layerCount(); ++i) {
    const LayerPlan& plan = schedule.layers[static_cast<std::size_t>(i)];
    const Layer& layer = model.layer(i);
    LayerRow row;
    row.name = layer.name;
    row.type = layer.type();
    row.shape = model.outputType(i).shape.toString();
    row.kernel = kernelOf(layer);
    row.nps = npsOf(schedule, plan);
    row.backend = plan.backend == Backend::Hardware ? "Hardware" : "Software";
    row.why = plan.why;
    row.proof = plan.proof;
    row.range = rangeOf(schedule, model, i);
    row.macs = layer.macs(model.inputTypes(i));
    rows.push_back(std::move(row));
  }
  return rows;
}

/// A run of layers on the same backend.
struct Sequence {
  std::size_t first = 0, count = 0;
};

std::vector<Sequence> sequencesOf(const std::vector<LayerRow>& rows) {
  std::vector<Sequence> sequences;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i == 0 || rows[i].backend != rows[i - 1].backend) sequences.push_back({i, 0});
    ++sequences.back().count;
  }
  return sequences;
}

std::string shapesOf(const Model& model, const std::vector<int>& layers, bool inputs) {
  std::string all;
  for (const int i : layers) {
    const TensorType& type = inputs ? model.inputTypes(i)[0] : model.outputType(i);
    all += (all.empty() ? "" : ", ") + type.shape.toString();
  }
  return all;
}

std::int64_t inputPositions(const Model& model) {
  const TensorType& feed = model.inputTypes(model.feeds()[0])[0];
  return feed.x() * feed.y();
}

void printTables(const Model& model, const Schedule& schedule, const std::vector<LayerRow>& rows,
                 const std::string& limitsOf) {
  const std::vector<Sequence> sequences = sequencesOf(rows);
  print("                Model Summary");
  Table head({"Input shape", "Output shape", "Sequences", "Layers"});
  head.row({shapesOf(model, model.feeds(), true), shapesOf(model, model.outputs(), false),
            std::to_string(sequences.size()), std::to_string(model.layerCount())});
  print(head.toString() + "\n");
  Table table({"Layer (type)", "Output shape", "Kernel shape", "NPs", "Backend"});
  for (const Sequence& sequence : sequences) {
    const LayerRow& first = rows[sequence.first];
    const LayerRow& last = rows[sequence.first + sequence.count - 1];
    const std::string name = sequence.count == 1 ? first.name : first.name + "-" + last.name;
    table.section("\n====== " + name + " (" + first.backend + ") ======\n");
    for (std::size_t i = sequence.first; i < sequence.first + sequence.count; ++i) {
      const LayerRow& row = rows[i];
      table.row({row.name + " (" + row.type + ")", row.shape, row.kernel, row.nps, row.backend});
    }
  }
  print(table.toString() + "\n");
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
    const std::string proof = row.proof.empty() ? "host: " + row.why : row.proof;
    table.row({row.name, row.range,
               row.backend == "Hardware" && row.proof.empty() ? "no arithmetic" : proof});
  }
  print(table.toString());
}

Json summaryJson(const Model& model, const Schedule& schedule, const std::vector<LayerRow>& rows,
                 const std::string& limitsOf) {
  Json json = Json::object();
  json.set("planned_for", limitsOf);
  json.set("input_shape", shapesOf(model, model.feeds(), true));
  json.set("output_shape", shapesOf(model, model.outputs(), false));
  json.set("macs", model.macs());
  json.set("macs_per_input_position",
           static_cast<double>(model.macs()) / static_cast<double>(inputPositions(model)));
  json.set("sequences", sequencesOf(rows).size());
  json.set("programs", schedule.programs.size());
  json.set("draws", schedule.draws.size());
  json.set("texture_bytes", schedule.textureBytes());
  Json layers = Json::array();
  for (const LayerRow& row : rows) {
    Json layer = Json::object();
    const std::pair<const char*, const std::string*> texts[] = {
        {"name", &row.name},     {"type", &row.type},   {"output_shape", &row.shape},
        {"kernel", &row.kernel}, {"nps", &row.nps},     {"backend", &row.backend},
        {"why", &row.why},       {"proof", &row.proof}, {"output_range", &row.range}};
    for (const auto& [key, value] : texts) layer.set(key, *value);
    layer.set("macs", row.macs);
    layers.push(std::move(layer));
  }
  json.set("layers", std::move(layers));
  return json;
}

Result<int> summary(const SummaryOptions& options) {
  GLINT_ASSIGN(const Model model, loadModelAt(options.model, options.size));
  std::string limitsOf;
  GLINT_ASSIGN(const Schedule schedule, planModel(model, options.common, limitsOf));
  const std::vector<LayerRow> rows = rowsOf(model, schedule);
  if (options.common.json) {
    printJson(summaryJson(model, schedule, rows, limitsOf));
    return kDone;
  }
  printTables(model, schedule, rows, limitsOf);
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
