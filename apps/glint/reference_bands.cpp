#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <thread>

#include "apps/glint/engine.h"
#include "nnets/schedule/tiling.h"

namespace glint::cli {
namespace {

constexpr std::int64_t kBand = 64;  ///< rows; what a processor holds stays small

/// Rows [begin, begin + extent) of a map; x is the slowest axis.
Tensor rowsOf(const Tensor& map, std::int64_t begin, std::int64_t extent) {
  Tensor rows(map.type(), {extent, map.shape()[1], map.shape()[2]});
  const auto row = static_cast<std::size_t>(map.shape()[1] * map.shape()[2]) * byteSize(map.type());
  std::memcpy(rows.bytes().data(), map.bytes().data() + static_cast<std::size_t>(begin) * row,
              rows.bytes().size());
  return rows;
}

void keepRows(const Tensor& part, const CropAxis& band, Tensor& whole) {
  const auto row =
      static_cast<std::size_t>(whole.shape()[1] * whole.shape()[2]) * byteSize(whole.type());
  std::memcpy(whole.bytes().data() + static_cast<std::size_t>(band.outBegin) * row,
              part.bytes().data() + static_cast<std::size_t>(band.keepBegin) * row,
              static_cast<std::size_t>(band.keepExtent) * row);
}

Result<Tensor> runWhole(const Model& model, const Tensor& feed) {
  std::vector<LayerState> states;
  GLINT_ASSIGN(const std::vector<Tensor> all, runReference(model, {&feed, 1}, states));
  const int last = model.outputs()[0];
  const Tensor& output = all[static_cast<std::size_t>(last)];
  if (!isInteger(output.type())) return output;
  return convertIntegers(output, model.outputType(last).dtype());
}

/// Bands as short as the reach of the network allows; one band for models that cannot be cut.
std::vector<CropAxis> bandsOf(const Model& model, std::int64_t extent, std::int64_t outExtent) {
  const auto reach = mapReach(model);
  for (std::int64_t limit = kBand; reach.ok() && limit < extent; limit *= 2) {
    auto bands = cropAxis(reach->x, extent, outExtent, limit);
    if (bands.ok()) return std::move(bands).value();
  }
  return {{0, extent, 0, 0, outExtent}};
}

}  // namespace

Result<Tensor> runInBands(const Model& model, const Tensor& feed, Progress& progress,
                          const std::string& what) {
  const TensorType& type = model.outputType(model.outputs()[0]);
  const std::vector<CropAxis> bands = bandsOf(model, feed.shape()[0], type.x());
  if (bands.size() == 1) return runWhole(model, feed);
  GLINT_ASSIGN(const Model bound, model.withExtent(bands[0].extent, feed.shape()[1]));
  Tensor whole(type.dtype(), type.shape);
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  Status failure;
  std::int64_t done = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < bands.size(); i = next++) {
      const Result<Tensor> part = runWhole(bound, rowsOf(feed, bands[i].begin, bands[i].extent));
      const std::lock_guard lock(mutex);
      if (!part.ok()) {
        failure = part.error();
        return;
      }
      keepRows(*part, bands[i], whole);
      progress.show(what, ++done, static_cast<std::int64_t>(bands.size()));
    }
  };
  std::vector<std::thread> threads;
  const unsigned processors = std::max(std::thread::hardware_concurrency(), 1u);
  for (unsigned i = 1; i < processors; ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  if (!failure.ok()) return failure.error();
  return whole;
}

}  // namespace glint::cli
