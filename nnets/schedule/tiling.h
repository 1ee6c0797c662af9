#pragma once

#include <functional>
#include <vector>

#include "core/result.h"
#include "core/tensor.h"
#include "nnets/graph/model.h"

/// Running a fully convolutional model on a picture of any size, in crops that overlap by what the
/// network sees, with the same result as in one piece.
namespace glint {

/// How output positions relate to feed positions along one axis: output q looks at feed
/// positions from q * stepNum / stepDen - before to q * stepNum / stepDen + after.
struct AxisReach {
  std::int64_t stepNum = 1, stepDen = 1;
  std::int64_t before = 0, after = 0;
  /// Crops begin at, and differ in extent by, multiples of this: then every layer's windows fall as
  /// they do in the whole.
  std::int64_t period = 1;
};

struct MapReach {
  AxisReach x, y;
};

/// One crop: feed positions [begin, begin + extent) are run, and of the result the output positions
/// [keepBegin, keepBegin + keepExtent) of the crop go to [outBegin, ...) of the whole.
struct CropAxis {
  std::int64_t begin = 0, extent = 0;
  std::int64_t outBegin = 0, keepBegin = 0, keepExtent = 0;
};

/// Reach of the model's single feed to its single output. Errors (Value): several feeds or outputs,
/// or a model that is not fully convolutional, or keeps state.
Result<MapReach> mapReach(const Model& model);

/// Crops of equal extent, at most `limit`, that cover an axis of `extent` feed and `outExtent`
/// output positions. Errors (Value): `limit` is too small for the reach.
Result<std::vector<CropAxis>> cropAxis(const AxisReach& reach, std::int64_t extent,
                                       std::int64_t outExtent, std::int64_t limit);

/// Runs one feed of x by y and gives the output.
using CropRunner = std::function<Result<Tensor>(const Tensor& feed)>;

/// Runs `feed` [x, y, c] in crops of at most `limit` by `limit` and joins the outputs.
/// `progress(done, of)` is told after each crop; it may be empty.
Result<Tensor> runInCrops(const Model& model, const Tensor& feed, std::int64_t limit,
                          const CropRunner& run, const std::function<void(int, int)>& progress);

}  // namespace glint
