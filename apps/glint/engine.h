#pragma once

#include <memory>
#include <optional>

#include "apps/glint/device.h"

namespace glint::cli {

/// Runs a model with one feed and one output on feeds of one extent, on the backend the options
/// name; in crops where the model allows it and the extent asks for it.
class Engine {
 public:
  static constexpr int kDefaultTile = 1024;
  static constexpr int kSmallestTile = 32;

  /// `model` is bound to the extent of the feeds. `tile`: largest extent of a crop; it is halved
  /// until the device's textures suffice. Without a `device` the reference runs, in bands.
  /// Errors: those of Session::create.
  static Result<std::unique_ptr<Engine>> create(Device* device, const Model& model, int tile,
                                                const CommonOptions& options, Progress& progress);

  /// The output for one feed, in the element type of the output.
  Result<Tensor> run(const Tensor& feed, const std::string& what);

  const Model& model() const { return model_; }
  int tile() const { return tile_; }    ///< in use
  int tiles() const { return tiles_; }  ///< how many crops a feed takes
  /// Null on the reference.
  Session* session() { return session_.get(); }

 private:
  Engine(const Model& model, Progress& progress) : model_(model), progress_(progress) {}
  Status open(Device& device, int tile, const CommonOptions& options);
  /// A session for crops of at most `tile`.
  Status openAt(Device& device, int tile, const CommonOptions& options);
  Result<Tensor> runSession(const Tensor& feed);

  Model model_;
  Progress& progress_;
  std::unique_ptr<Session> session_;
  int tile_ = 0;
  int tiles_ = 1;
};

/// The reference's output for one feed, computed in bands of rows by all processors where the model
/// is fully convolutional. `progress` may show `what`.
Result<Tensor> runInBands(const Model& model, const Tensor& feed, Progress& progress,
                          const std::string& what);

/// "row 3, column 4, channel 0: 17, expected 18 (5 of 960,000 values differ)", or nothing.
std::optional<std::string> firstDifference(const Tensor& got, const Tensor& expected);

}  // namespace glint::cli
