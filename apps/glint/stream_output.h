#pragma once

#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "apps/glint/picture_model.h"
#include "apps/glint/stream_input.h"
#include "core/json.h"
#include "nnets/schedule/stream.h"

namespace glint::cli {

/// Where the outputs of a stream go, step by step.
class StreamOutput {
 public:
  virtual ~StreamOutput() = default;
  StreamOutput(const StreamOutput&) = delete;
  StreamOutput& operator=(const StreamOutput&) = delete;

  /// Errors: File, when they cannot be written.
  virtual Status put(const StreamStep& step, const Stream::Outputs& outputs) = 0;
  /// Once after the last step, the outputs of an unfinished stream included; adds to `report`.
  virtual Status finish(Json& report) = 0;
  /// Whether standard output carries the result itself, so that people read standard error.
  virtual bool takesStdout() const { return false; }

 protected:
  StreamOutput() = default;
};

/// A film in Y4M to `path`, which is opened with the first frame, or to standard output when it is
/// empty. `model` is bound to the frames.
/// Errors: Value, when outputs do not cover frames evenly (an odd width of a model that halves).
Result<std::unique_ptr<StreamOutput>> filmOutput(const Model& model, const PictureOutput& output,
                                                 const StreamInput& input, const std::string& path);

/// Class and scores of each step, unless `json` as lines on standard output; with `path`, all
/// outputs as an array of steps.
std::unique_ptr<StreamOutput> numbersOutput(const Model& model, const PictureOutput& output,
                                            const std::string& path, bool json);

}  // namespace glint::cli
