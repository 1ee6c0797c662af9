#include <chrono>
#include <utility>

#include "apps/glint/arrays.h"
#include "apps/glint/output.h"
#include "apps/glint/picture/resize.h"
#include "apps/glint/picture/side_by_side.h"
#include "apps/glint/picture_model.h"
#include "apps/glint/run.h"

namespace glint::cli {
namespace {

/// One picture through one model, step by step; the report grows on the way.
class PictureRun {
 public:
  PictureRun(const RunOptions& options, const Model& model) : options_(options), model_(model) {}

  Result<int> run() {
    GLINT_TRY(prepare());
    GLINT_TRY(compute());
    if (options_.check) GLINT_TRY(check());
    GLINT_TRY(writeResult());
    if (options_.common.json) printJson(report_);
    return different_ ? kFailed : kDone;
  }

 private:
  void say(const char* label, const std::string& line) {
    if (!options_.common.json) print(text("%-9s ", label) + line);
  }

  /// Reads the picture and binds the model to its size.
  Status prepare() {
    GLINT_ASSIGN(const std::optional<PictureInput> input, describedInput());
    GLINT_ASSIGN(output_, pictureOutput(model_));
    if (!options_.compare.empty() && output_.kind != PictureOutput::Kind::Image) {
      return Error{Errc::Value, options_.model + ": --compare needs a model that makes pictures"};
    }
    const bool numbers = output_.kind != PictureOutput::Kind::Image;
    if (numbers && !options_.output.empty() && !isArrayFile(options_.output)) {
      return Error{Errc::Value, options_.model +
                                    ": the model makes numbers, not a picture; write "
                                    "them with -o to .npy or .safetensors"};
    }
    GLINT_ASSIGN(image_, picture::loadImage(options_.input));
    if (model_.fullyConvolutional()) {
      GLINT_ASSIGN(model_, model_.withExtent(image_.height, image_.width));
    } else {
      fitPicture();
    }
    feed_ = codesOf(image_, input->colour);
    return {};
  }

  Result<std::optional<PictureInput>> describedInput() const {
    Result<std::optional<PictureInput>> input = pictureInput(model_);
    if (!input.ok()) return within(options_.model, input.error());
    const bool one = model_.outputs().size() == 1;
    if (input->has_value() && one) return input;
    return Error{Errc::Value, options_.model +
                                  ": the model file does not say how a picture becomes "
                                  "its input; feed it with .npy or .safetensors"};
  }

  /// Models for one size get the picture resized.
  void fitPicture() {
    const TensorType& feed = model_.inputTypes(model_.feeds()[0])[0];
    const int width = static_cast<int>(feed.y()), height = static_cast<int>(feed.x());
    if (image_.width == width && image_.height == height) return;
    note(text("note: the model takes %dx%d only: the picture of %dx%d is resized bicubically",
              width, height, image_.width, image_.height));
    image_ = picture::resizeBicubic(image_, width, height);
  }

  Status compute() {
    Device* device = nullptr;
    if (!options_.common.onReference()) {
      GLINT_ASSIGN(device_, openDevice(options_.common));
      device = &device_;
    }
    nameParts();
    GLINT_ASSIGN(engine_,
                 Engine::create(device, model_, options_.tile, options_.common, progress_));
    std::vector<double> times;
    const int runs = options_.timedRuns();
    double first = 0;
    for (int i = 0; i <= runs; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      GLINT_ASSIGN(codes_, engine_->run(feed_, "computing"));
      const auto end = std::chrono::steady_clock::now();
      if (i == 0) first = secondsSinceStart();
      if (i > 0 || runs == 0) {
        times.push_back(std::chrono::duration<double, std::milli>(end - begin).count());
      }
      progress_.show("timing", i, runs);
    }
    progress_.clear();
    describeRun(times, first);
    return {};
  }

  void nameParts() {
    const bool reference = options_.common.onReference();
    const std::string device = reference ? "the reference, on the processor" : device_.name();
    const std::string driver = reference ? "none" : device_.driver();
    const std::int64_t pixels = feed_.shape()[0] * feed_.shape()[1];
    say("device", reference ? device : device + ", driver " + driver);
    say("model", options_.model + ": " + std::to_string(model_.layerCount()) + " layers, " +
                     grouped(model_.macs() / pixels) + " multiply-accumulates per input pixel");
    report_.set("device", device);
    report_.set("driver", driver);
    report_.set("backend", options_.common.backend);
    report_.set("model", options_.model);
    report_.set("input", options_.input);
    report_.set("macs", model_.macs());
  }

  void describeRun(const std::vector<double>& times, double first) {
    const std::string from = text("%dx%d", image_.width, image_.height);
    const std::string to = text("%lldx%lld", static_cast<long long>(codes_.shape()[1]),
                                static_cast<long long>(codes_.shape()[0]));
    const double ms = medianOf(times);
    const double megapixels = 1e-6 * image_.width * image_.height;
    Session* session = engine_->session();
    std::string tiles = "in one piece";
    if (engine_->tiles() > 1) {
      tiles = text("in %d tiles of at most %d pixels a side", engine_->tiles(), engine_->tile());
    }
    if (session == nullptr) tiles = "in bands";
    if (session != nullptr && engine_->tile() != options_.tile) {
      tiles += text(" (--tile %d needs larger textures than the device has)", options_.tile);
    }
    say("picture", options_.input + ": " + from + " -> " + to + ", " + tiles);
    if (session != nullptr) describeLayers(*session);
    say("time",
        milliseconds(ms) +
            text(" ms a frame (%s upload, draws, read back), %.2f megapixels/s of input",
                 times.size() > 1 ? text("median of %d:", static_cast<int>(times.size())).c_str()
                                  : "one run:",
                 1e3 * megapixels / ms));
    say("", text("first result %.2f s after the program started", first));
    report_.set("input_size", from);
    report_.set("output_size", to);
    report_.set("tiles", engine_->tiles());
    report_.set("tile", session == nullptr ? 0 : engine_->tile());
    report_.set("frame_ms", ms);
    report_.set("frames_timed", times.size());
    report_.set("input_megapixels_per_s", 1e3 * megapixels / ms);
    report_.set("first_result_ms", 1e3 * first);
  }

  void describeLayers(Session& session) {
    const std::vector<std::string> software = softwareLayers(session.model(), session.schedule());
    noteSoftware(software);
    say("layers", software.empty()
                      ? text("all on the GPU: %zu programs, %zu draws a tile",
                             session.schedule().programs.size(), session.schedule().draws.size())
                      : text("%zu in software, see above", software.size()));
    report_.set("layers", layersJson(session.model(), session.schedule()));
    report_.set("programs", session.schedule().programs.size());
  }

  Status check() {
    GLINT_ASSIGN(const Tensor expected, runInBands(model_, feed_, progress_, "checking"));
    progress_.clear();
    const std::optional<std::string> difference = firstDifference(codes_, expected);
    different_ = difference.has_value();
    report_.set("checked_values", expected.size());
    report_.set("agree", !different_);
    if (different_) {
      report_.set("difference", *difference);
      note("error: GPU and reference differ: " + *difference +
           ". Please report the driver: " + device_.driver());
    } else {
      say("check", "GPU and reference agree on all " + grouped(expected.size()) + " values");
    }
    return {};
  }

  Status writeResult() {
    if (output_.kind == PictureOutput::Kind::Labels) showLabels();
    if (!options_.output.empty() && isArrayFile(options_.output)) {
      const std::string& layer = model_.layer(model_.outputs()[0]).name;
      GLINT_TRY(saveOutputs(options_.output, {{layer, codes_}}));
      wrote("output", options_.output);
      return writeComparison(nullptr);
    }
    if (output_.kind == PictureOutput::Kind::Codes && options_.output.empty()) {
      say("result", std::string(name(codes_.type())) + " " + codes_.shape().toString() +
                        "; -o FILE.npy keeps it");
    }
    if (output_.kind != PictureOutput::Kind::Image) return {};
    if (options_.output.empty() && options_.compare.empty()) return {};
    const picture::Image result = pictureOf(codes_, output_, image_);
    if (!options_.output.empty()) {
      progress_.show("writing " + options_.output, 0, 1);
      GLINT_TRY(picture::saveImage(options_.output, result));
      progress_.clear();
      wrote("output", options_.output);
    }
    return writeComparison(&result);
  }

  Status writeComparison(const picture::Image* result) {
    if (options_.compare.empty()) return {};
    const picture::Image made = result != nullptr ? *result : pictureOf(codes_, output_, image_);
    GLINT_ASSIGN(const picture::Image sheet, picture::sideBySide(image_, made));
    GLINT_TRY(picture::saveImage(options_.compare, sheet));
    wrote("compare", options_.compare);
    return {};
  }

  void wrote(const char* key, const std::string& path) {
    report_.set(key, path);
    say("wrote", path);
  }

  /// The five best classes; of those with several neurons the strongest counts.
  void showLabels() {
    std::vector<std::size_t> order(output_.names.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    const auto group = codes_.size() / static_cast<std::int64_t>(order.size());
    const auto score = [&](std::size_t i) {
      const std::int64_t first = static_cast<std::int64_t>(i) * group;
      double best = numberAt(codes_, first);
      for (std::int64_t k = 1; k < group; ++k) best = std::max(best, numberAt(codes_, first + k));
      return best;
    };
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return score(a) > score(b); });
    Json labels = Json::array();
    for (std::size_t i = 0; i < std::min<std::size_t>(order.size(), 5); ++i) {
      const std::string& label = output_.names[order[i]];
      say(i == 0 ? "labels" : "", text("%12.6g  ", score(order[i])) + label);
      Json entry = Json::object();
      entry.set("label", label);
      entry.set("score", score(order[i]));
      labels.push(std::move(entry));
    }
    report_.set("labels", std::move(labels));
  }

  const RunOptions& options_;
  Model model_;
  PictureOutput output_;
  picture::Image image_;
  Tensor feed_, codes_;
  Progress progress_;
  Device device_;
  std::unique_ptr<Engine> engine_;  ///< goes before the device
  Json report_ = Json::object();
  bool different_ = false;
};

}  // namespace

Result<int> runPicture(const RunOptions& options, const Model& model) {
  return PictureRun(options, model).run();
}

}  // namespace glint::cli
