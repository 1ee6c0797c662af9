#include "nnets/api/sparsity.h"

#include "nnets/api/samples.h"

namespace glint::api {
namespace {

std::int64_t zerosOf(const Tensor& tensor) {
  std::int64_t zeros = 0;
  for (std::int64_t i = 0; i < tensor.size(); ++i) zeros += tensor.integer(i) == 0;
  return zeros;
}

}  // namespace

Result<std::vector<std::pair<Layer, std::optional<double>>>> evaluateSparsity(
    const Model& model, const Inputs& inputs) {
  if (!model.status().ok()) return model.status().error();
  const glint::Model& graph = model.graph();
  GLINT_ASSIGN(const auto samples, samplesOf(graph, inputs));
  if (samples.empty()) return Error{Errc::Value, "there are no inputs to evaluate"};
  std::vector<std::int64_t> zeros(static_cast<std::size_t>(graph.layerCount()), 0);
  std::vector<LayerState> states;
  for (const std::vector<Tensor>& feeds : samples) {
    GLINT_ASSIGN(const std::vector<Tensor> outputs, runReference(graph, feeds, states));
    for (std::size_t i = 0; i < zeros.size(); ++i) {
      if (isInteger(outputs[i].type())) zeros[i] += zerosOf(outputs[i]);
    }
  }
  std::vector<std::pair<Layer, std::optional<double>>> sparsities;
  for (const Layer& layer : model.layers()) {
    const std::size_t i = sparsities.size();
    const std::int64_t total = graph.outputType(static_cast<int>(i)).shape.size() *
                               static_cast<std::int64_t>(samples.size());
    std::optional<double> share;
    if (layer.graph().hasActivation()) {
      share = static_cast<double>(zeros[i]) / static_cast<double>(total);
    }
    sparsities.emplace_back(layer, share);
  }
  return sparsities;
}

}  // namespace glint::api
