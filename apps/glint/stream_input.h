#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/glint/video/y4m.h"
#include "core/tensor.h"
#include "nnets/graph/model.h"

namespace glint::cli {

/// One step: what a model is fed with, and the frame that it is, unless the input is numbers.
struct StreamStep {
  std::vector<Tensor> feeds;
  std::optional<video::Frame> frame;
};

/// Where the steps of a stream come from, one by one.
class StreamInput {
 public:
  virtual ~StreamInput() = default;
  StreamInput(const StreamInput&) = delete;
  StreamInput& operator=(const StreamInput&) = delete;

  /// The next step, or nothing at the end. Errors name the file, the step and what is wrong.
  virtual Result<std::optional<StreamStep>> next() = 0;
  /// How many steps there are; 0 when only the end will tell.
  virtual std::int64_t length() const { return 0; }
  /// Whether steps have frames.
  virtual bool framed() const { return false; }
  /// The header of the film; null when the input is none.
  virtual const video::Format* film() const { return nullptr; }
  /// What it is, for people: "640x480, 30:1 frames per second".
  virtual std::string describe() const = 0;

 protected:
  StreamInput() = default;
};

/// Opens what `paths` name and binds `model` to its extents. No path, or "-": standard input.
/// A film in Y4M or an array of steps in .npy is known by its beginning; `raw`: steps of the feed's
/// shape and type, one behind the other, without any header; several pictures, or a folder of them
/// in the order of their names; .safetensors as in `glint run`. Errors: File, Format, Value.
Result<std::unique_ptr<StreamInput>> openStreamInput(const std::vector<std::string>& paths,
                                                     bool raw, Model& model);

}  // namespace glint::cli
