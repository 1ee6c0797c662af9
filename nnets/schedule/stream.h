#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "nnets/graph/model.h"
#include "nnets/schedule/state.h"

namespace glint {

/// A sequence of steps through a model. The stream owns what the layers keep from step to step;
/// several streams of one model know nothing of each other. On every backend the same steps give
/// the same bits.
class Stream {
 public:
  /// By layer index, the outputs of the model's outputs and of layers asked for besides.
  using Outputs = std::map<int, Tensor>;

  virtual ~Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  virtual const Model& model() const = 0;

  /// Takes one step, without waiting for its outputs where the backend can. Feeds as
  /// Session::run takes them. Errors: Type, Value (a feed of the wrong shape or range), Driver; the
  /// state is then as before, unless it is Driver.
  virtual Status push(std::span<const Tensor> feeds) = 0;
  /// The outputs of the earliest step that was not fetched yet. Errors: Value when there is none.
  virtual Result<Outputs> fetch() = 0;
  /// How many steps wait to be fetched.
  virtual std::size_t pending() const = 0;

  /// Clears the state, as at the beginning. What waits to be fetched stays.
  virtual Status reset() = 0;
  /// A copy of the state, all of it; waits for the steps pushed.
  virtual Result<State> state() = 0;
  /// Goes on from `state`, which came from a stream of the same model, on any backend. Errors
  /// (Format): another model's state; Value: layers that keep the same maps differ in them. The
  /// state is then as before.
  virtual Status setState(const State& state) = 0;

  /// Pushes and fetches one step. Errors: those of both; Value when earlier steps wait.
  Result<Outputs> step(std::span<const Tensor> feeds);
  /// Many steps in one call: the feeds of each, and the outputs of each.
  Result<std::vector<Outputs>> run(std::span<const std::vector<Tensor>> steps);

  /// Writes the state to a file. Errors begin with `path`.
  Status snapshot(const std::string& path);
  /// Goes on from what snapshot wrote. Errors (Format) begin with `path`; the state is as before.
  Status restore(const std::string& path);

 protected:
  Stream() = default;
};

/// A stream on the CPU reference; `model` outlives it. `fetch` names layers whose outputs are given
/// besides the model's outputs.
std::unique_ptr<Stream> referenceStream(const Model& model, std::vector<int> fetch = {});

}  // namespace glint
