#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/safetensors.h"
#include "nnets/graph/model.h"
#include "shaders/layout.h"

/// What a stream keeps from step to step: FIFOs, recurrent states, membranes. Plain data; the same
/// on the host and on the device, so that a snapshot taken on one continues on the other.
namespace glint {

/// One state tensor as a device holds it: a ring of equal layouts. Pushing moves an index, no data.
struct StateRing {
  std::string name;  ///< within its layer
  TensorType type;   ///< of one slot
  Layout layout;
  int slots = 1;
  int head = 0;  ///< the slot that holds the newest entry

  /// The slot of the entry that was pushed `age` steps ago; 0 is the newest, slots - 1 the oldest.
  int slot(int age) const { return (head + slots - age % slots) % slots; }
  /// The slot that the next push overwrites: the oldest.
  int next() const { return (head + 1) % slots; }
  void push() { head = next(); }

  bool operator==(const StateRing&) const = default;
};

/// The state of all layers of a model in one stream, on the host; by layer index. Layers without
/// entries are cleared.
struct State {
  std::vector<LayerState> layers;

  void reset() {
    for (LayerState& layer : layers) layer.clear();
  }
  bool operator==(const State&) const = default;
};

/// The state as a safetensors file: tensors `state/<layer>/<name>`.
SafeTensors snapshot(const Model& model, const State& state);

/// The inverse. Errors (Format) name the tensor: an unknown layer, or a name that is no state's.
Result<State> restore(const Model& model, const SafeTensors& file);

}  // namespace glint
