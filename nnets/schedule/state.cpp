#include "nnets/schedule/state.h"

#include <cmath>
#include <functional>

namespace glint {
namespace {

constexpr const char* kOtherModel = "; a snapshot of another model?";

std::string pathOf(const Model& model, int layer, const StateDecl& decl) {
  return "state/" + model.layer(layer).name + "/" + decl.name;
}

void forEachState(const Model& model, const std::function<void(int, const StateDecl&)>& visit) {
  for (int layer = 0; layer < model.layerCount(); ++layer) {
    for (const StateDecl& decl : model.stateTable(layer)) visit(layer, decl);
  }
}

/// Whether shapes differ in x and y alone: what streams of another extent keep.
bool otherExtent(const Shape& one, const Shape& other) {
  if (one.rank() != other.rank() || one.rank() < 3) return false;
  for (int axis = 2; axis < one.rank(); ++axis) {
    if (one[axis] != other[axis]) return false;
  }
  return one != other;
}

/// A tensor of a file as the state that `decl` declares.
Result<Tensor> accept(const Tensor& tensor, const StateDecl& decl) {
  const TensorType& type = decl.type;
  if (tensor.type() != type.dtype() || tensor.shape() != type.shape) {
    return Error{Errc::Format,
                 "is " + std::string(name(tensor.type())) + " " + tensor.shape().toString() +
                     ", legal: " + type.toString() +
                     (tensor.type() == type.dtype() && otherExtent(tensor.shape(), type.shape)
                          ? "; the snapshot is of another extent"
                          : kOtherModel)};
  }
  if (type.isFloat) {
    for (float value : tensor.as<float>()) {
      if (!std::isnan(value)) continue;
      return Error{Errc::Format, "has an element that is not a number"};
    }
    return tensor;
  }
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    const std::int64_t value = tensor.integer(i);
    if (type.range().contains(value)) continue;
    return Error{Errc::Format, "has " + std::to_string(value) + " as element " + std::to_string(i) +
                                   ", legal: " + std::to_string(type.range().lo) + " to " +
                                   std::to_string(type.range().hi)};
  }
  return convertIntegers(tensor, DType::I32);
}

}  // namespace

State clearedState(const Model& model) {
  State state;
  state.layers.resize(static_cast<std::size_t>(model.layerCount()));
  forEachState(model, [&](int layer, const StateDecl& decl) {
    state.layers[static_cast<std::size_t>(layer)][decl.name] =
        Tensor(decl.type.isFloat ? DType::F32 : DType::I32, decl.type.shape);
  });
  return state;
}

SafeTensors snapshot(const Model& model, const State& state) {
  SafeTensors file;
  forEachState(model, [&](int layer, const StateDecl& decl) {
    Tensor& tensor = file.tensors[pathOf(model, layer, decl)];
    tensor = Tensor(decl.type.dtype(), decl.type.shape);
    const auto at = static_cast<std::size_t>(layer);
    if (at >= state.layers.size()) return;
    const auto kept = state.layers[at].find(decl.name);
    if (kept == state.layers[at].end()) return;
    if (decl.type.isFloat || !isInteger(kept->second.type())) {
      tensor = kept->second;  // of the wrong type restore refuses it
      return;
    }
    Result<Tensor> narrow = convertIntegers(kept->second, decl.type.dtype());
    tensor = narrow.ok() ? std::move(narrow).value() : kept->second;  // else restore refuses it
  });
  return file;
}

Result<State> restore(const Model& model, const SafeTensors& file) {
  State state = clearedState(model);
  std::size_t known = 0;
  Status status;
  forEachState(model, [&](int layer, const StateDecl& decl) {
    const std::string path = pathOf(model, layer, decl);
    const auto found = file.tensors.find(path);
    if (!status.ok()) return;
    if (found == file.tensors.end()) {
      status = Error{Errc::Format, "tensor " + path +
                                       " is missing, legal: " + decl.type.toString() + kOtherModel};
      return;
    }
    ++known;
    Result<Tensor> tensor = accept(found->second, decl);
    if (!tensor.ok()) {
      status = Error{Errc::Format, "tensor " + path + " " + tensor.error().message};
      return;
    }
    state.layers[static_cast<std::size_t>(layer)][decl.name] = std::move(tensor).value();
  });
  if (!status.ok()) return status.error();
  if (known == file.tensors.size()) return state;
  const SafeTensors legal = snapshot(model, {});
  for (const auto& [path, tensor] : file.tensors) {
    if (!legal.tensors.contains(path)) {
      return Error{Errc::Format, "tensor " + path + " is no state of the model" + kOtherModel};
    }
  }
  return state;
}

Result<State> checkedState(const Model& model, const State& state) {
  return restore(model, snapshot(model, state));
}

Status saveState(const std::string& path, const Model& model, const State& state) {
  return writeSafeTensors(path, snapshot(model, state));
}

Result<State> loadState(const std::string& path, const Model& model) {
  const Result<SafeTensors> file = readSafeTensors(path);
  if (!file.ok()) {
    if (file.error().code != Errc::Format) return file.error();
    return Error{Errc::Format, file.error().message + "; not a snapshot"};
  }
  Result<State> state = restore(model, *file);
  if (!state.ok()) return within(path, state.error());
  return state;
}

}  // namespace glint
