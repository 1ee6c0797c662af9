#include "nnets/schedule/reweigh.h"

#include <utility>

namespace glint {
namespace {

/// The ops of one layer, lowered anew beside the values of `graph`.
Result<std::vector<Op>> lowerLayer(const OpGraph& graph, const Model& model, int layer) {
  OpGraph scratch;
  scratch.values = graph.values;
  scratch.layerValue = graph.layerValue;
  std::vector<int> inputs;
  for (const int source : model.inboundsOf(layer)) {
    inputs.push_back(graph.layerValue[static_cast<std::size_t>(source)]);
  }
  OpBuilder builder(scratch, layer, model.layer(layer).name, inputs, model.outputType(layer));
  GLINT_TRY(model.layer(layer).lower(builder));
  return std::move(scratch.ops);
}

/// Builds the weights of all draws of an op again; appends the constants whose texels changed.
void rebuild(Schedule& schedule, int op, const DeviceLimits& limits, std::vector<int>& changed) {
  std::vector<LayoutForm> forms;
  for (const ValuePlan& value : schedule.values) forms.push_back(value.layout.form);
  const KernelSources sources{schedule.graph, schedule.proofs, schedule.mapping, forms, limits};
  const auto at = static_cast<std::size_t>(op);
  const auto first = static_cast<std::size_t>(schedule.firstDraw[at]);
  const std::vector<PassMapping>& passes = schedule.mapping.ops[at].passes;
  for (std::size_t pass = 0; pass < passes.size(); ++pass) {
    BuiltKernel built = buildKernel(sources, op, passes[pass]);
    const int constant = schedule.draws[first + pass].constants.front();
    ConstantTexture& texture = schedule.constants[static_cast<std::size_t>(constant)];
    built.weights.resize(texture.texels.size());  // rows that only pad it
    if (texture.texels == built.weights) continue;
    texture.texels = std::move(built.weights);
    changed.push_back(constant);
  }
}

}  // namespace

Result<std::vector<int>> reweigh(Schedule& schedule, const Model& model, int layer,
                                 const DeviceLimits& limits) {
  std::vector<int> changed;
  const LayerPlan& plan = schedule.layers[static_cast<std::size_t>(layer)];
  if (plan.backend == Backend::Software) return changed;
  GLINT_ASSIGN(std::vector<Op> lowered, lowerLayer(schedule.graph, model, layer));
  for (std::size_t i = 0; i < lowered.size(); ++i) {
    if (!hasChangingWeights(lowered[i])) {
      return within(describe(model.layer(layer)),
                    Error{Errc::Value,
                          "its weights are part of programs, legal: a layer that "
                          "was compiled to learn"});
    }
    Op& op = schedule.graph.ops[static_cast<std::size_t>(plan.ops[i])];
    for (std::size_t k = 0; k < op.inputs.size(); ++k) {
      op.inputs[k].weights = std::move(lowered[i].inputs[k].weights);
    }
    rebuild(schedule, plan.ops[i], limits, changed);
  }
  return changed;
}

}  // namespace glint
