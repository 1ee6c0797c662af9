#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "core/safetensors.h"
#include "nnets/graph/model.h"

/// What a stream keeps from step to step: FIFOs, recurrent states, membranes. Plain data; the same
/// on the host and on the device, so that a snapshot taken on one continues on the other.
namespace glint {

/// A ring of slots that hold a tensor's latest entries. Pushing moves an index, no data.
struct Ring {
  int slots = 1;
  int head = 0;  ///< the slot that holds the newest entry

  /// The slot of the entry that was pushed `age` steps ago; 0 is the newest, slots - 1 the oldest.
  int slot(int age) const { return (head + slots - age % slots) % slots; }
  /// The slot that the next push overwrites: the oldest.
  int next() const { return (head + 1) % slots; }
  void push() { head = next(); }

  bool operator==(const Ring&) const = default;
};

/// The state of all layers of a model in one stream, on the host; by layer index. Layers without
/// entries are cleared.
struct State {
  std::vector<LayerState> layers;

  bool operator==(const State&) const = default;
};

/// All that the model's layers keep, cleared.
State clearedState(const Model& model);

/// The state as a safetensors file: all that the model's layers keep, as tensors
/// `state/<layer>/<name>` in the narrowest type that holds them (docs/file-format.md).
SafeTensors snapshot(const Model& model, const State& state);

/// The inverse. Errors (Format) name the tensor: it is no state of the model, or missing, or its
/// type, shape or a value is wrong.
Result<State> restore(const Model& model, const SafeTensors& file);

/// `state` with all that the model's layers keep, cleared where it lacks an entry. Errors: those of
/// restore.
Result<State> checkedState(const Model& model, const State& state);

/// Snapshot and restore through a file; errors begin with `path`.
Status saveState(const std::string& path, const Model& model, const State& state);
Result<State> loadState(const std::string& path, const Model& model);

}  // namespace glint
