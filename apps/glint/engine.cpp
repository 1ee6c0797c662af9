#include "apps/glint/engine.h"

#include <algorithm>
#include <utility>

#include "apps/glint/output.h"
#include "nnets/schedule/tiling.h"

namespace glint::cli {

Result<std::unique_ptr<Engine>> Engine::create(Device* device, const Model& model, int tile,
                                               const CommonOptions& options, Progress& progress) {
  std::unique_ptr<Engine> engine(new Engine(model, progress));
  if (device != nullptr) GLINT_TRY(engine->open(*device, tile, options));
  return engine;
}

Status Engine::open(Device& device, int tile, const CommonOptions& options) {
  tile_ = tile;
  for (;;) {
    Status status = openAt(device, tile_, options);
    const bool tooLarge = !status.ok() && status.error().code == Errc::Unsupported;
    if (!tooLarge || tile_ / 2 < kSmallestTile || !mapReach(model_).ok()) return status;
    tile_ /= 2;
  }
}

Status Engine::openAt(Device& device, int tile, const CommonOptions& options) {
  const TensorType& feed = model_.inputTypes(model_.feeds()[0])[0];
  const TensorType& output = model_.outputType(model_.outputs()[0]);
  Model bound = model_;
  tiles_ = 1;
  if (const auto reach = mapReach(model_); reach.ok()) {
    GLINT_ASSIGN(const auto rows, cropAxis(reach->x, feed.x(), output.x(), tile));
    GLINT_ASSIGN(const auto columns, cropAxis(reach->y, feed.y(), output.y(), tile));
    tiles_ = static_cast<int>(rows.size() * columns.size());
    GLINT_ASSIGN(bound, model_.withExtent(rows[0].extent, columns[0].extent));
  }
  GLINT_ASSIGN(session_,
               Session::create(*device.context, bound, sessionOptions(device, options, progress_)));
  return {};
}

Result<Tensor> Engine::runSession(const Tensor& feed) {
  using Outputs = std::map<int, Tensor>;
  GLINT_TRY(session_->reset());  // a picture is a first step
  GLINT_ASSIGN(Outputs outputs, session_->run({&feed, 1}));
  return std::move(outputs.at(model_.outputs()[0]));
}

Result<Tensor> Engine::run(const Tensor& feed, const std::string& what) {
  if (session_ == nullptr) return runInBands(model_, feed, progress_, what);
  if (tiles_ == 1) return runSession(feed);
  return runInCrops(
      model_, feed, tile_, [this](const Tensor& crop) { return runSession(crop); },
      [&](int done, int of) { progress_.show(what, done, of); });
}

std::optional<std::string> firstDifference(const Tensor& got, const Tensor& expected) {
  if (got.type() == expected.type() && got.shape() == expected.shape() &&
      std::equal(got.bytes().begin(), got.bytes().end(), expected.bytes().begin())) {
    return {};
  }
  if (got.type() != expected.type() || got.shape() != expected.shape()) {
    return std::string(name(got.type())) + " " + got.shape().toString() + ", expected " +
           std::string(name(expected.type())) + " " + expected.shape().toString();
  }
  const std::size_t size = byteSize(got.type());
  std::int64_t first = -1, count = 0;
  for (std::int64_t i = 0; i < got.size(); ++i) {
    const auto at = got.bytes().begin() + i * static_cast<std::int64_t>(size);
    const auto other = expected.bytes().begin() + i * static_cast<std::int64_t>(size);
    if (std::equal(at, at + static_cast<std::int64_t>(size), other)) continue;
    if (count++ == 0) first = i;
  }
  const std::int64_t channels = got.shape().back();
  const std::int64_t columns = got.shape().rank() > 1 ? got.shape()[got.shape().rank() - 2] : 1;
  const auto number = [&](const Tensor& t) {
    if (t.type() != DType::F32) return std::to_string(t.integer(first));
    return text("%.9g", static_cast<double>(t.as<float>()[static_cast<std::size_t>(first)]));
  };
  return text("row %lld, column %lld, channel %lld: ",
              static_cast<long long>(first / channels / columns),
              static_cast<long long>(first / channels % columns),
              static_cast<long long>(first % channels)) +
         number(got) + ", expected " + number(expected) + " (" + grouped(count) + " of " +
         grouped(got.size()) + " values differ)";
}

}  // namespace glint::cli
