#include "nnets/api/summary.h"

#include "core/table.h"
#include "nnets/api/model_body.h"
#include "nnets/graph/learning_params.h"

namespace glint::api {
namespace {

/// "(3, 3, 1, 8)" of a shape "[3, 3, 1, 8]".
std::string inParentheses(const Shape& shape) {
  std::string text = shape.toString();
  text.front() = '(';
  text.back() = ')';
  return text;
}

/// The shapes of a layer's kernels: one, or the spatial and the pointwise one of separable layers.
std::vector<std::string> kernelsOf(const glint::Model& model, int index) {
  std::vector<std::string> kernels;
  for (const VariableDecl& decl : model.layer(index).variableTable(model.inputTypes(index))) {
    if (decl.name.rfind("weights", 0) == 0) kernels.push_back(inParentheses(decl.shape));
  }
  if (kernels.empty()) kernels.emplace_back("N/A");
  return kernels;
}

/// "8 in 2 passes": the processors that work for a layer; "in add1" where those of another one do.
std::string npsOf(const Model& model, const Layer& layer, int index) {
  const Schedule* schedule = model.schedule();
  if (schedule == nullptr) return "N/A";
  const int inside = schedule->layers[static_cast<std::size_t>(index)].inside;
  if (inside >= 0) return "in " + model.graph().layer(inside).name;
  const std::size_t passes = passesOf(*schedule, index).size();
  if (passes == 0) return "N/A";
  return std::to_string(layer.mapping().size()) + " in " + std::to_string(passes) +
         (passes == 1 ? " pass" : " passes");
}

/// The table of layers that learn; empty without any.
std::string learningTable(const glint::Model& model) {
  Table table({"Learning Layer", "# Input Conn.", "# Weights"});
  bool any = false;
  for (int i = 0; i < model.layerCount(); ++i) {
    const LearningParams* params = model.layer(i).learning();
    if (params == nullptr) continue;
    any = true;
    table.row({model.layer(i).name, std::to_string(model.inputTypes(i)[0].shape.size()),
               std::to_string(params->numWeights)});
  }
  return any ? "\n                Learning Summary\n" + table.toString() + "\n" : "";
}

void append(std::string& list, const TensorType& type) {
  list += (list.empty() ? "" : ", ") + type.shape.toString();
}

}  // namespace

std::vector<SummaryRow> summaryRows(const Model& model) {
  std::vector<SummaryRow> rows;
  for (const Sequence& sequence : model.sequences()) {
    for (const Layer& layer : sequence.layers()) {
      const auto index = static_cast<int>(rows.size());
      rows.push_back({layer, model.graph().outputType(index).shape.toString(),
                      kernelsOf(model.graph(), index), npsOf(model, layer, index),
                      sequence.backend});
    }
  }
  return rows;
}

std::string inputShapes(const glint::Model& model) {
  std::string list;
  for (const int i : model.feeds()) append(list, model.inputTypes(i)[0]);
  return list;
}

std::string outputShapes(const glint::Model& model) {
  std::string list;
  for (const int i : model.outputs()) append(list, model.outputType(i));
  return list;
}

std::string Model::summary() const {
  const std::vector<Sequence> all = sequences();
  Table head({"Input shape", "Output shape", "Sequences", "Layers"});
  head.row({inputShapes(graph()), outputShapes(graph()), std::to_string(all.size()),
            std::to_string(getLayerCount())});
  std::string text = "                Model Summary\n" + head.toString() + "\n";
  if (all.empty()) return text;

  const std::vector<SummaryRow> rows = summaryRows(*this);
  Table table({"Layer (type)", "Output shape", "Kernel shape", "NPs"});
  std::size_t next = 0;
  for (const Sequence& sequence : all) {
    table.section("\n===== " + sequence.name + " (" + std::string(api::name(sequence.backend)) +
                  ") - size: " + std::to_string(sequence.bytes) + " bytes =====\n");
    for (const std::size_t end = next + sequence.layers().size(); next < end; ++next) {
      const SummaryRow& row = rows[next];
      const std::string type(row.layer.graph().type());
      table.row({row.layer.name() + " (" + type + ")", row.outputShape, row.kernels[0], row.nps});
      for (std::size_t k = 1; k < row.kernels.size(); ++k) table.row({"", "", row.kernels[k], ""});
    }
  }
  return text + "\n" + table.toString() + "\n" + learningTable(graph());
}

}  // namespace glint::api
