#include <string>
#include <utility>

#include "nnets/api/model.h"
#include "nnets/api/model_body.h"
#include "nnets/api/samples.h"
#include "nnets/learning/learned_layer.h"

namespace glint::api {
namespace {

std::vector<std::int64_t> integersOf(const Tensor& tensor) {
  std::vector<std::int64_t> integers;
  for (std::int64_t i = 0; i < tensor.size(); ++i) integers.push_back(tensor.integer(i));
  return integers;
}

}  // namespace

Result<Executor::Observation> Executor::observe(std::span<const Tensor>) {
  return Error{Errc::Unsupported, "the device cannot learn"};
}

Status Executor::setWeights(const Tensor&) {
  return Error{Errc::Unsupported, "the device cannot learn"};
}

Result<Executor::Observation> ModelBody::observe(const std::vector<Tensor>& feeds) {
  if (executor) return executor->observe(feeds);
  GLINT_ASSIGN(std::vector<Tensor> layers, runReference(graph, feeds, states));
  const auto read = static_cast<std::size_t>(graph.inboundsOf(graph.layerCount() - 1)[0]);
  return Executor::Observation{std::move(layers[read]), std::move(layers.back())};
}

Status Model::compile(const Optimizer& optimizer) {
  if (!status().ok()) return status();
  GLINT_TRY(compileLast(body_->graph, optimizer.params()));
  body_->stale = true;
  return {};
}

std::optional<Optimizer> Model::learning() const {
  if (getLayerCount() == 0) return std::nullopt;
  const LearningParams* params = body_->graph.layer(getLayerCount() - 1).learning();
  if (params == nullptr) return std::nullopt;
  return Optimizer(*params);
}

Status Model::addClasses(int count) {
  if (!status().ok()) return status();
  GLINT_TRY(glint::addClasses(body_->graph, count));
  body_->stale = true;
  return {};
}

Result<std::vector<std::byte>> Model::learnMem() const {
  if (!status().ok()) return status().error();
  return glint::learnMem(body_->graph);
}

Status Model::setLearnMem(std::span<const std::byte> bytes) {
  if (!status().ok()) return status();
  GLINT_TRY(glint::setLearnMem(body_->graph, bytes));
  body_->stale = true;
  return {};
}

Result<Tensor> Model::fit(const Inputs& inputs, const Labels& labels, int batchSize) {
  if (!status().ok()) return status().error();
  ModelBody& body = *body_;
  GLINT_ASSIGN(const LearnedState before, learnedState(body.graph));
  const bool counted = !inputs.tensors.empty() && inputs.tensors[0].shape().rank() > 0;
  GLINT_ASSIGN(const auto classes, labels.of(counted ? inputs.tensors[0].shape()[0] : 0));
  const glint::Layer& last = body.graph.layer(getLayerCount() - 1);
  LearnedState state = before;
  std::size_t sample = 0;
  const auto step = [&](const std::vector<Tensor>& feeds) -> Result<Tensor> {
    GLINT_ASSIGN(Executor::Observation seen, body.observe(feeds));
    const std::vector<std::uint8_t> active = activeInputs(seen.read);
    // Behind an activation the device gives codes, which say less than potentials.
    const std::vector<std::int64_t> potentials =
        last.hasActivation() ? potentialsOf(state, active) : integersOf(seen.output);
    if (learn(*last.learning(), state, active, potentials, classes[sample++]) >= 0) {
      GLINT_TRY(setLearnedState(body.graph, state));
      if (body.executor) GLINT_TRY(body.executor->setWeights(last.variables.at("weights")));
    }
    return std::move(seen.output);
  };
  const Result<std::vector<Tensor>> outputs = runEach(inputs, batchSize, step);
  if (!outputs.ok()) {
    if (state != before) {
      GLINT_TRY(setLearnedState(body.graph, before));
      body.stale = true;
    }
    return outputs.error();
  }
  return stack(*outputs, outputDType(body.graph), outputShape());
}

Result<Tensor> Layer::getLearningHistogram() const {
  const glint::Layer& layer = graph();
  if (layer.learning() == nullptr) {
    return within(describe(layer), Error{Errc::Runtime, "was not compiled to learn"});
  }
  GLINT_ASSIGN(const Tensor thresholds, getVariable("threshold_learning"));
  return learningHistogram(*layer.learning(), thresholds.as<std::int32_t>());
}

}  // namespace glint::api
