#include "apps/glint/arrays.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "core/file.h"
#include "core/safetensors.h"

namespace glint::cli {
namespace {

bool endsWith(std::string path, std::string_view suffix) {
  std::transform(path.begin(), path.end(), path.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return path.size() >= suffix.size() &&
         path.compare(path.size() - suffix.size(), suffix.size(), suffix) == 0;
}

std::string legalShapes(const Model& model, const TensorType& type) {
  const std::string one = type.shape.toString();
  std::string both = one + ", or [n, " + one.substr(1) + " for n steps or samples";
  if (!model.fullyConvolutional()) return both;
  return both + "; " + Shape{type.x(), type.y()}.toString() + " may be another extent";
}

/// [n, x, y, c] as I32 or F32.
Result<Tensor> asFeed(Tensor tensor, const Model& model, const TensorType& type) {
  if (tensor.shape().rank() == 2 && type.shape == Shape{1, 1, tensor.shape()[1]}) {
    const Shape rows{tensor.shape()[0], 1, 1, tensor.shape()[1]};
    tensor = std::move(tensor).reshaped(rows);
  }
  const Shape& shape = tensor.shape();
  if (shape.rank() != 3 && shape.rank() != 4) {
    return Error{Errc::Value,
                 "has shape " + shape.toString() + ", legal: " + legalShapes(model, type)};
  }
  if (tensor.size() == 0) return Error{Errc::Value, "is empty: " + shape.toString()};
  if (isInteger(tensor.type())) {
    GLINT_ASSIGN(tensor, convertIntegers(tensor, DType::I32));
  } else if (tensor.type() == DType::F64) {
    Tensor narrow(DType::F32, tensor.shape());
    std::transform(tensor.as<double>().begin(), tensor.as<double>().end(),
                   narrow.as<float>().begin(), [](double v) { return static_cast<float>(v); });
    tensor = std::move(narrow);
  }
  if (tensor.shape().rank() == 4) return tensor;
  const Shape one{1, tensor.shape()[0], tensor.shape()[1], tensor.shape()[2]};
  return std::move(tensor).reshaped(one);
}

/// The feeds of `model` by the names of its inputs, as loadFeeds says.
Result<std::vector<Tensor>> feedsOf(std::map<std::string, Tensor> tensors, const std::string& path,
                                    const Model& model) {
  std::vector<Tensor> loaded;
  for (const int feed : model.feeds()) {
    const std::string& name = model.layer(feed).name;
    auto found = tensors.find("in/" + name);
    if (found == tensors.end()) found = tensors.find(name);
    if (found == tensors.end()) {
      return Error{Errc::Value, path + ": there is no tensor 'in/" + name + "', which " +
                                    describe(model.layer(feed)) + " is to be fed with"};
    }
    Result<Tensor> tensor = asFeed(std::move(found->second), model, model.inputTypes(feed)[0]);
    if (!tensor.ok()) return within(path + ": tensor '" + found->first + "'", tensor.error());
    loaded.push_back(std::move(tensor).value());
    if (loaded.back().shape()[0] != loaded.front().shape()[0]) {
      return Error{Errc::Value, path + ": tensor '" + found->first + "' has " +
                                    std::to_string(loaded.back().shape()[0]) +
                                    " samples, the first input has " +
                                    std::to_string(loaded.front().shape()[0])};
    }
  }
  return loaded;
}

}  // namespace

bool isArrayFile(const std::string& path) {
  return endsWith(path, ".npy") || endsWith(path, ".safetensors");
}

Result<std::vector<Tensor>> parseFeeds(std::span<const std::byte> npy, const std::string& name,
                                       const Model& model) {
  const std::vector<int> feeds = model.feeds();
  if (feeds.size() != 1) {
    return Error{Errc::Value, name + ": the model has " + std::to_string(feeds.size()) +
                                  " inputs; give them in a .safetensors file as in/<layer>"};
  }
  Result<Tensor> tensor = parseNpy(npy);
  if (!tensor.ok()) return within(name, tensor.error());
  std::map<std::string, Tensor> tensors;
  tensors.emplace(model.layer(feeds[0]).name, std::move(tensor).value());
  return feedsOf(std::move(tensors), name, model);
}

Result<std::vector<Tensor>> loadFeeds(const std::string& path, const Model& model) {
  if (endsWith(path, ".npy")) {
    GLINT_ASSIGN(const std::vector<std::byte> bytes, readFile(path));
    return parseFeeds(bytes, path, model);
  }
  GLINT_ASSIGN(SafeTensors file, readSafeTensors(path));
  return feedsOf(std::move(file.tensors), path, model);
}

Result<Model> bindToFeeds(const Model& model, const std::vector<Tensor>& feeds) {
  const Shape& shape = feeds[0].shape();
  const TensorType& type = model.inputTypes(model.feeds()[0])[0];
  if ((shape[1] == type.x() && shape[2] == type.y()) || !model.fullyConvolutional()) return model;
  return model.withExtent(shape[1], shape[2]);
}

Status saveOutputs(const std::string& path, const std::map<std::string, Tensor>& outputs) {
  if (endsWith(path, ".npy")) {
    if (outputs.size() != 1) {
      return Error{Errc::Value, path + ": the model has " + std::to_string(outputs.size()) +
                                    " outputs; write them to a .safetensors file"};
    }
    return writeFile(path, serializeNpy(outputs.begin()->second));
  }
  if (!endsWith(path, ".safetensors")) {
    return Error{Errc::Value, path + ": numbers are written as .npy or .safetensors"};
  }
  SafeTensors file;
  for (const auto& [layer, tensor] : outputs) file.tensors.emplace("out/" + layer, tensor);
  return writeSafeTensors(path, file);
}

}  // namespace glint::cli
