#include <algorithm>
#include <string>
#include <utility>

#include "nnets/api/model.h"
#include "nnets/api/model_body.h"
#include "nnets/api/samples.h"

namespace glint::api {
namespace {

Status checkBatchSize(int batchSize) {
  if (batchSize >= 0) return {};
  return Error{Errc::Value,
               "batch_size is " + std::to_string(batchSize) + ", legal: 0 (all) or more"};
}

/// Whether predict() has something to say about the model.
Status checkPredicts(const glint::Model& model) {
  bool onlyInputs = model.layerCount() > 0;
  for (int i = 0; i < model.layerCount(); ++i) {
    onlyInputs = onlyInputs && model.layer(i).type() == "InputData";
  }
  if (onlyInputs) {
    return Error{Errc::Value, "predict needs a layer behind InputData, which the model lacks"};
  }
  if (model.layerCount() == 0) return {};  // running it says what is wrong
  const glint::Layer& last = model.layer(model.layerCount() - 1);
  if (!last.hasActivation()) return {};
  return within(describe(last),
                Error{Errc::Runtime,
                      "has an activation; predict needs a last layer without one, forward gives "
                      "the activations"});
}

/// How many neurons of the last layer belong to one class.
Result<std::int64_t> neuronsOfClass(const glint::Model& model, int& numClasses) {
  if (model.layerCount() == 0) return Error{Errc::Runtime, "the model has no layers"};
  const int last = model.layerCount() - 1;
  const Shape& shape = model.outputType(last).shape;
  const std::string where = describe(model.layer(last));
  if (shape[0] != 1 || shape[1] != 1) {
    return within(where, Error{Errc::Value, "the output is " + shape.toString() +
                                                ", legal for classes: [1, 1, neurons]"});
  }
  const std::int64_t neurons = shape[2];
  if (numClasses == 0) numClasses = static_cast<int>(neurons);
  if (numClasses < 1 || neurons % numClasses != 0) {
    return within(where, Error{Errc::Value, "num_classes is " + std::to_string(numClasses) +
                                                ", legal: 0, or a divisor of " +
                                                std::to_string(neurons) + ", the neurons"});
  }
  return neurons / numClasses;
}

/// The index of the first largest element.
std::int64_t strongest(const Tensor& values) {
  if (values.type() == DType::F32) {
    const std::span<const float> all = values.as<float>();
    return std::max_element(all.begin(), all.end()) - all.begin();
  }
  std::int64_t best = 0;
  for (std::int64_t i = 1; i < values.size(); ++i) {
    if (values.integer(i) > values.integer(best)) best = i;
  }
  return best;
}

}  // namespace

Status Model::refresh() {
  ModelBody& body = *body_;
  if (body.device == nullptr || !body.stale) return {};
  GLINT_ASSIGN(body.executor, body.makeExecutor(*body.device, body.hwOnly));
  body.stale = false;
  return {};
}

Result<std::vector<Tensor>> Model::run(const Inputs& inputs, int batchSize) {
  ModelBody& body = *body_;
  return runEach(inputs, batchSize, [&](const std::vector<Tensor>& feeds) -> Result<Tensor> {
    if (body.executor) return body.executor->run(feeds);
    GLINT_ASSIGN(std::vector<Tensor> layers, runReference(body.graph, feeds, body.states));
    return std::move(layers.back());
  });
}

/// Takes the samples one by one, and measures.
Result<std::vector<Tensor>> Model::runEach(const Inputs& inputs, int batchSize, const Step& step) {
  ModelBody& body = *body_;
  if (!body.failure.ok()) return body.failure.error();
  GLINT_TRY(checkBatchSize(batchSize));
  GLINT_ASSIGN(const auto samples, samplesOf(body.graph, inputs));
  GLINT_TRY(refresh());

  body.metrics.clear();
  body.powerEvents.clear();
  if (body.executor) body.executor->powerEvents();  // what came before is not of this inference
  if (body.clock) body.metrics["inference_start"] = body.clock();
  std::vector<Tensor> outputs;
  for (const std::vector<Tensor>& feeds : samples) {
    GLINT_ASSIGN(Tensor output, step(feeds));
    outputs.push_back(std::move(output));
  }
  if (body.clock) body.metrics["inference_end"] = body.clock();
  body.metrics["inference_frames"] = static_cast<double>(samples.size());
  if (body.executor) body.powerEvents = body.executor->powerEvents();
  return outputs;
}

Result<Tensor> Model::forward(const Inputs& inputs, int batchSize) {
  GLINT_ASSIGN(const std::vector<Tensor> outputs, run(inputs, batchSize));
  return stack(outputs, outputDType(body_->graph), outputShape());
}

Result<Tensor> Model::predict(const Inputs& inputs, int batchSize) {
  if (!status().ok()) return status().error();
  GLINT_TRY(checkPredicts(body_->graph));
  GLINT_ASSIGN(std::vector<Tensor> outputs, run(inputs, batchSize));
  const glint::Layer& last = body_->graph.layer(getLayerCount() - 1);
  for (Tensor& output : outputs) output = last.predicted(output);
  return stack(outputs, DType::F32, outputShape());
}

Result<Tensor> Model::predictClasses(const Inputs& inputs, int numClasses, int batchSize) {
  if (!status().ok()) return status().error();
  GLINT_ASSIGN(const std::int64_t group, neuronsOfClass(body_->graph, numClasses));
  GLINT_ASSIGN(const std::vector<Tensor> outputs, run(inputs, batchSize));
  const glint::Layer& last = body_->graph.layer(getLayerCount() - 1);
  std::vector<std::int32_t> classes;
  for (const Tensor& output : outputs) {
    const std::int64_t neuron = strongest(last.hasActivation() ? output : last.predicted(output));
    classes.push_back(static_cast<std::int32_t>(neuron / group));
  }
  return Tensor::of(Shape{static_cast<std::int64_t>(classes.size())}, classes);
}

Result<double> Model::evaluate(const Inputs& inputs, const Tensor& labels, int numClasses,
                               int batchSize) {
  if (!status().ok()) return status().error();
  if (!isInteger(labels.type())) {
    return Error{Errc::Type,
                 "the labels are " + std::string(name(labels.type())) + ", legal: integers"};
  }
  const std::int64_t count = inputs.tensors.empty() || inputs.tensors[0].shape().rank() == 0
                                 ? 0
                                 : inputs.tensors[0].shape()[0];
  if (labels.shape() != Shape{count}) {
    return Error{Errc::Value, "the labels have shape " + labels.shape().toString() + ", legal: [" +
                                  std::to_string(count) + "], one for each input"};
  }
  GLINT_ASSIGN(const Tensor classes, predictClasses(inputs, numClasses, batchSize));
  if (count == 0) return Error{Errc::Value, "there are no inputs to evaluate"};
  std::int64_t right = 0;
  for (std::int64_t i = 0; i < count; ++i) right += classes.integer(i) == labels.integer(i);
  return static_cast<double>(right) / static_cast<double>(count);
}

}  // namespace glint::api
