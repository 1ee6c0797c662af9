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

/// [n, x, y, c] as I32 or F32.
Result<Tensor> asFeed(Tensor tensor) {
  const Shape& shape = tensor.shape();
  if (shape.rank() != 3 && shape.rank() != 4) {
    return Error{Errc::Value, "has shape " + shape.toString() +
                                  ", legal: [x, y, c], or [n, x, y, c] for n samples"};
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

Result<Tensor> loadNpy(const std::string& path) {
  GLINT_ASSIGN(const std::vector<std::byte> bytes, readFile(path));
  Result<Tensor> tensor = parseNpy(bytes);
  if (!tensor.ok()) return within(path, tensor.error());
  return tensor;
}

}  // namespace

bool isArrayFile(const std::string& path) {
  return endsWith(path, ".npy") || endsWith(path, ".safetensors");
}

Result<std::vector<Tensor>> loadFeeds(const std::string& path, const Model& model) {
  const std::vector<int> feeds = model.feeds();
  std::map<std::string, Tensor> tensors;
  if (endsWith(path, ".npy")) {
    if (feeds.size() != 1) {
      return Error{Errc::Value, path + ": the model has " + std::to_string(feeds.size()) +
                                    " inputs; give them in a .safetensors file as in/<layer>"};
    }
    GLINT_ASSIGN(Tensor tensor, loadNpy(path));
    tensors.emplace(model.layer(feeds[0]).name, std::move(tensor));
  } else {
    GLINT_ASSIGN(SafeTensors file, readSafeTensors(path));
    tensors = std::move(file.tensors);
  }
  std::vector<Tensor> loaded;
  for (const int feed : feeds) {
    const std::string& name = model.layer(feed).name;
    auto found = tensors.find("in/" + name);
    if (found == tensors.end()) found = tensors.find(name);
    if (found == tensors.end()) {
      return Error{Errc::Value, path + ": there is no tensor 'in/" + name + "', which " +
                                    describe(model.layer(feed)) + " is to be fed with"};
    }
    Result<Tensor> tensor = asFeed(std::move(found->second));
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
