#include "nnets/learning/learned_layer.h"

#include <memory>
#include <string>
#include <utility>

#include "nnets/graph/fields.h"

namespace glint {
namespace {

Status checkCompiled(const Model& model) {
  if (model.layerCount() == 0) return Error{Errc::Runtime, "the model has no layers"};
  const Layer& last = model.layer(model.layerCount() - 1);
  if (last.learning() != nullptr) return {};
  return within(describe(last), Error{Errc::Runtime, "was not compiled to learn"});
}

/// Replaces the last layer by a changed copy; on an error it stays.
Status replaceLast(Model& model, std::unique_ptr<Layer> changed) {
  std::unique_ptr<Layer> before = model.popLayer();
  const Status status = model.add(std::move(changed));
  if (status.ok()) return {};
  const Status restored = model.add(std::move(before));
  return restored.ok() ? status : restored;
}

/// The variables of `state`, into a layer of as many units.
void setVariables(Layer& layer, const LearnedState& state) {
  const std::int64_t units = state.units();
  layer.variables.insert_or_assign("weights",
                                   Tensor::of(Shape{1, 1, state.inputs, units}, state.weights));
  layer.variables.insert_or_assign("threshold_learning",
                                   Tensor::of(Shape{units}, state.thresholdLearning));
  layer.variables.insert_or_assign("learning_steps", Tensor::of(Shape{units}, state.learningSteps));
}

std::vector<std::int32_t> counts(const Layer& layer, std::string_view name, std::int64_t units) {
  const std::vector<std::int64_t> wide = layer.values(name, units);
  return {wide.begin(), wide.end()};
}

/// Appends the neutral value to a variable of one axis, if the layer has it.
template <typename T>
void extend(Layer& layer, std::string_view name, std::int64_t units, T neutral) {
  const auto found = layer.variables.find(name);
  if (found == layer.variables.end()) return;
  const std::span<const T> old = found->second.as<T>();
  std::vector<T> values(old.begin(), old.end());
  values.resize(static_cast<std::size_t>(units), neutral);
  found->second = Tensor::of(Shape{units}, values);
}

}  // namespace

Status compileLast(Model& model, const LearningParams& params) {
  if (model.layerCount() == 0) return Error{Errc::Runtime, "the model has no layers to compile"};
  const int index = model.layerCount() - 1;
  const Layer& last = model.layer(index);
  std::unique_ptr<Layer> layer = last.clone();
  const Status status = layer->setLearning(params);
  if (!status.ok()) return within(describe(last), status.error());
  // Parameters first: what they say of inputs and neurons is what the state is made for.
  const Result<TensorType> output = layer->outputType(model.inputTypes(index));
  if (!output.ok()) return within(describe(last), output.error());
  setVariables(*layer,
               initialState(params, model.inputTypes(index)[0].shape.size(), output->shape.size()));
  return replaceLast(model, std::move(layer));
}

Status addClasses(Model& model, int count) {
  GLINT_ASSIGN(LearnedState state, learnedState(model));
  const Layer& last = model.layer(model.layerCount() - 1);
  if (count < 1) {
    return within(describe(last),
                  Error{Errc::Value, "the number of classes to add is " + std::to_string(count) +
                                         ", legal: 1 or more"});
  }
  LearningParams params = *last.learning();
  const std::int64_t added = state.units() / params.numClasses * count;
  const std::int64_t units = state.units() + added;
  if (!std::in_range<int>(units) || !std::in_range<int>(std::int64_t{params.numClasses} + count)) {
    return within(describe(last), Error{Errc::Value, "would have " + std::to_string(units) +
                                                         " units, more than a layer may have"});
  }
  Json fields = writeFields(last);
  fields.set("units", units);
  std::unique_ptr<Layer> layer = last.clone();
  GLINT_TRY(readFields(*layer, fields));
  // Neurons exist once the layer may have them.
  params.numClasses += count;
  GLINT_TRY(layer->setLearning(params));
  const Result<TensorType> output = layer->outputType(model.inputTypes(model.layerCount() - 1));
  if (!output.ok()) return within(describe(last), output.error());
  addNeurons(params, added, state);
  setVariables(*layer, state);
  extend<std::int32_t>(*layer, "threshold", units, 0);
  extend<float>(*layer, "act_step", units, 1.F);
  return replaceLast(model, std::move(layer));
}

Result<LearnedState> learnedState(const Model& model) {
  GLINT_TRY(checkCompiled(model));
  const int index = model.layerCount() - 1;
  const Layer& layer = model.layer(index);
  const std::int64_t units = model.outputType(index).shape.size();
  LearnedState state;
  state.inputs = model.inputTypes(index)[0].shape.size();
  const std::span<const std::int8_t> weights = layer.variables.at("weights").as<std::int8_t>();
  state.weights.assign(weights.begin(), weights.end());
  state.thresholdLearning = counts(layer, "threshold_learning", units);
  state.learningSteps = counts(layer, "learning_steps", units);
  return state;
}

Status setLearnedState(Model& model, const LearnedState& state) {
  const std::int64_t units = state.units();
  const int last = model.layerCount() - 1;
  GLINT_TRY(model.setVariable(last, "weights",
                              Tensor::of(Shape{1, 1, state.inputs, units}, state.weights)));
  GLINT_TRY(model.setVariable(last, "threshold_learning",
                              Tensor::of(Shape{units}, state.thresholdLearning)));
  return model.setVariable(last, "learning_steps", Tensor::of(Shape{units}, state.learningSteps));
}

std::vector<std::uint8_t> activeInputs(const Tensor& map) {
  const std::int64_t nx = map.shape()[0], ny = map.shape()[1], nc = map.shape()[2];
  std::vector<std::uint8_t> active;
  active.reserve(static_cast<std::size_t>(map.size()));
  for (std::int64_t c = 0; c < nc; ++c)
    for (std::int64_t y = 0; y < ny; ++y)
      for (std::int64_t x = 0; x < nx; ++x) {
        active.push_back(map.integer((x * ny + y) * nc + c) != 0 ? 1 : 0);
      }
  return active;
}

}  // namespace glint
