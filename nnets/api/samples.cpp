#include "nnets/api/samples.h"

#include <algorithm>
#include <string>
#include <utility>

namespace glint::api {
namespace {

/// Whether a tensor is a stack of what a layer of type `type` takes.
Status checkStack(const TensorType& type, const Tensor& stacked) {
  if (stacked.type() != type.dtype()) {
    return Error{Errc::Type, "the input is " + std::string(name(stacked.type())) +
                                 ", legal: " + std::string(name(type.dtype()))};
  }
  const Shape& shape = stacked.shape();
  const Shape& wanted = type.shape;
  if (shape.rank() == 4 && shape[1] == wanted[0] && shape[2] == wanted[1] &&
      shape[3] == wanted[2]) {
    return {};
  }
  std::string legal = wanted.toString();
  legal.insert(1, "n, ");
  return Error{Errc::Value, "the input has shape " + shape.toString() + ", legal: " + legal};
}

/// Sample `i` with the element type of the stack.
Tensor sampleAt(const Tensor& stacked, const Shape& shape, std::int64_t i) {
  Tensor sample(stacked.type(), shape);
  const auto size = static_cast<std::int64_t>(sample.bytes().size());
  std::copy_n(stacked.bytes().begin() + i * size, size, sample.bytes().begin());
  return sample;
}

}  // namespace

Result<std::vector<std::vector<Tensor>>> samplesOf(const glint::Model& model,
                                                   const Inputs& inputs) {
  if (model.layerCount() == 0) return Error{Errc::Runtime, "the model has no layers"};
  const std::vector<int> feeds = model.feeds();
  if (inputs.tensors.size() != feeds.size()) {
    return Error{Errc::Value, "the model has " + std::to_string(feeds.size()) + " inputs, but " +
                                  std::to_string(inputs.tensors.size()) + " were given"};
  }
  for (std::size_t i = 0; i < feeds.size(); ++i) {
    const Tensor& stacked = inputs.tensors[i];
    Status status = checkStack(model.inputTypes(feeds[i])[0], stacked);
    if (status.ok() && stacked.shape()[0] != inputs.tensors[0].shape()[0]) {
      status = Error{Errc::Value, "the input holds " + std::to_string(stacked.shape()[0]) +
                                      " samples, the first one " +
                                      std::to_string(inputs.tensors[0].shape()[0])};
    }
    if (!status.ok()) return within(describe(model.layer(feeds[i])), status.error());
  }
  std::vector<std::vector<Tensor>> samples(static_cast<std::size_t>(inputs.tensors[0].shape()[0]));
  for (std::size_t n = 0; n < samples.size(); ++n) {
    for (std::size_t i = 0; i < feeds.size(); ++i) {
      samples[n].push_back(sampleAt(inputs.tensors[i], model.inputTypes(feeds[i])[0].shape,
                                    static_cast<std::int64_t>(n)));
    }
    const Status status = checkFeeds(model, samples[n]);
    if (!status.ok()) return within("sample " + std::to_string(n), status.error());
  }
  return samples;
}

DType outputDType(const glint::Model& model) {
  const int last = model.layerCount() - 1;
  const TensorType& type = model.outputType(last);
  if (type.isFloat) return DType::F32;
  if (!model.layer(last).hasActivation() || type.bits > 8) return DType::I32;
  return type.dtype();
}

Result<Tensor> stack(const std::vector<Tensor>& samples, DType type, const Shape& shape) {
  Shape stackedShape{static_cast<std::int64_t>(samples.size())};
  for (int axis = 0; axis < shape.rank(); ++axis) stackedShape.append(shape[axis]);
  Tensor stacked(type, stackedShape);
  auto out = stacked.bytes().begin();
  for (const Tensor& sample : samples) {
    Tensor converted = sample;
    if (sample.type() != type) {
      GLINT_ASSIGN(converted, convertIntegers(sample, type));
    }
    out = std::copy(converted.bytes().begin(), converted.bytes().end(), out);
  }
  return stacked;
}

}  // namespace glint::api
