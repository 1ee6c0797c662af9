#include "nnets/schedule/state.h"

namespace glint {
namespace {
constexpr std::string_view kPrefix = "state/";
}

SafeTensors snapshot(const Model& model, const State& state) {
  SafeTensors file;
  for (std::size_t i = 0; i < state.layers.size(); ++i) {
    for (const auto& [name, tensor] : state.layers[i]) {
      file.tensors[std::string(kPrefix) + model.layer(static_cast<int>(i)).name + "/" + name] =
          tensor;
    }
  }
  return file;
}

Result<State> restore(const Model& model, const SafeTensors& file) {
  State state;
  state.layers.resize(static_cast<std::size_t>(model.layerCount()));
  for (const auto& [path, tensor] : file.tensors) {
    const std::size_t slash = path.rfind('/');
    if (!path.starts_with(kPrefix) || slash < kPrefix.size() || slash + 1 == path.size()) {
      return Error{Errc::Format, "tensor " + path + " is not named state/<layer>/<name>"};
    }
    const std::string layer = path.substr(kPrefix.size(), slash - kPrefix.size());
    const int index = model.find(layer);
    if (index < 0) {
      return Error{Errc::Format, "tensor " + path + ": the model has no layer " + layer};
    }
    state.layers[static_cast<std::size_t>(index)][path.substr(slash + 1)] = tensor;
  }
  return state;
}

}  // namespace glint
