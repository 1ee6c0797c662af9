#include "apps/glint/stream_output.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "apps/glint/arrays.h"
#include "apps/glint/output.h"

namespace glint::cli {
namespace {

constexpr std::int64_t kLargestMultiple = 64;

std::string sizeText(const TensorType& type) {
  return std::to_string(type.y()) + "x" + std::to_string(type.x());
}

/// Whether each position of the feed has as many of the output, along both axes.
bool covers(const Model& model) {
  const TensorType& feed = model.inputTypes(model.feeds()[0])[0];
  const TensorType& output = model.outputType(model.outputs()[0]);
  return output.x() % feed.x() == 0 && output.y() % feed.y() == 0;
}

/// Frames have to be multiples of something: finds it.
Error unevenError(const Model& model) {
  const TensorType& feed = model.inputTypes(model.feeds()[0])[0];
  std::string wanted = "another width and height";
  for (std::int64_t n = 2; n <= kLargestMultiple; ++n) {
    const Result<Model> other =
        model.withExtent((feed.x() + n - 1) / n * n, (feed.y() + n - 1) / n * n);
    if (!other.ok() || !covers(*other)) continue;
    wanted = "a width and a height that are multiples of " + std::to_string(n);
    wanted += "; with ffmpeg: -vf scale=" + std::to_string((feed.y() + n - 1) / n * n) + ":" +
              std::to_string((feed.x() + n - 1) / n * n);
    break;
  }
  return {Errc::Value, "frames of " + sizeText(feed) + " give outputs of " +
                           sizeText(model.outputType(model.outputs()[0])) + "; give frames with " +
                           wanted};
}

class FilmOutput : public StreamOutput {
 public:
  FilmOutput(int layer, PictureOutput output, const video::Format* film, std::string path)
      : layer_(layer), output_(std::move(output)), film_(film), path_(std::move(path)) {}
  ~FilmOutput() override {
    if (file_ != stdout && file_ != nullptr) std::fclose(file_);
  }

  bool takesStdout() const override { return path_.empty(); }

  Status put(const StreamStep& step, const Stream::Outputs& outputs) override {
    const video::Frame frame = frameOf(*step.frame, outputs.at(layer_));
    if (!writer_) GLINT_TRY(open(frame));
    return writer_->write(frame, format_);
  }

  Status finish(Json& report) override {
    report.set("frames_written", writer_ ? writer_->frames() : 0);
    return {};
  }

 private:
  /// Only with the first frame: what fails before leaves no file, and an older one as it was.
  Status open(const video::Frame& first) {
    file_ = takesStdout() ? stdout : std::fopen(path_.c_str(), "wb");
    if (file_ == nullptr) return Error{Errc::File, path_ + ": " + std::strerror(errno)};
    writer_.emplace(file_, takesStdout() ? "standard output" : path_);
    format_ = formatFor(first);
    return {};
  }

  /// What of the step's frame and the codes makes a frame.
  video::Frame frameOf(const video::Frame& original, const Tensor& codes) const {
    PictureOutput plain = output_;
    if (plain.colour == Colour::Luma) plain.colour = Colour::Gray;
    picture::Image image = pictureOf(codes, plain, {});
    if (output_.colour == Colour::Luma) return video::withLuma(original, std::move(image));
    return video::frameOf(image);
  }

  /// The film's own header, where frames keep its chroma.
  video::Format formatFor(const video::Frame& frame) const {
    video::Format format = video::formatOf(frame);
    if (film_ == nullptr) return format;
    format.rate = film_->rate;
    if (output_.colour != Colour::Luma) return format;
    format.colour = film_->colour;
    format.fullRange = film_->fullRange;
    format.rest = film_->rest;
    return format;
  }

  int layer_;
  PictureOutput output_;
  const video::Format* film_;
  std::string path_;
  std::FILE* file_ = nullptr;
  std::optional<video::Y4mWriter> writer_;
  video::Format format_;
};

class NumbersOutput : public StreamOutput {
 public:
  NumbersOutput(const Model& model, const PictureOutput& output, const std::string& path, bool json)
      : model_(model), output_(output), path_(path), json_(json) {}

  Status put(const StreamStep&, const Stream::Outputs& outputs) override {
    for (const int layer : model_.outputs()) {
      const Tensor& tensor = outputs.at(layer);
      if (!path_.empty()) kept_[model_.layer(layer).name].push_back(tensor);
      const TensorType& type = model_.outputType(layer);
      // A row of positions is time: scores each. A map is none.
      if (type.x() != 1) continue;
      for (std::int64_t column = 0; column < type.y(); ++column) showScores(layer, tensor, column);
    }
    ++steps_;
    return {};
  }

  Status finish(Json& report) override {
    if (json_ && results_.asArray() != nullptr) report.set("results", results_);
    if (path_.empty() || steps_ == 0) return {};
    std::map<std::string, Tensor> stacked;
    for (const auto& [layer, tensors] : kept_) {
      Shape shape{steps_};
      for (int axis = 0; axis < tensors[0].shape().rank(); ++axis) {
        shape.append(tensors[0].shape()[axis]);
      }
      Tensor all(tensors[0].type(), shape);
      auto to = all.bytes().begin();
      for (const Tensor& tensor : tensors) {
        to = std::copy(tensor.bytes().begin(), tensor.bytes().end(), to);
      }
      stacked.emplace(layer, std::move(all));
    }
    report.set("output", path_);
    return saveOutputs(path_, stacked);
  }

 private:
  void showScores(int layer, const Tensor& tensor, std::int64_t column) {
    const std::int64_t count = tensor.shape().back();
    const bool integers = isInteger(tensor.type());
    std::vector<double> scores;  // exact: integers have 32 bits
    for (std::int64_t i = 0; i < count; ++i) scores.push_back(numberAt(tensor, column * count + i));
    const auto best =
        static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
    const std::string label =
        best < output_.names.size() ? output_.names[best] : std::to_string(best);
    if (json_) {
      Json result = Json::object(), list = Json::array();
      for (const double score : scores) {
        list.push(integers ? Json(static_cast<std::int64_t>(score)) : Json(score));
      }
      result.set("step", steps_);
      if (model_.outputs().size() > 1) result.set("layer", model_.layer(layer).name);
      result.set("class", static_cast<std::int64_t>(best));
      if (best < output_.names.size()) result.set("name", label);
      result.set("scores", std::move(list));
      results_.push(std::move(result));
      return;
    }
    std::string line = text("step %lld  %s  ", static_cast<long long>(steps_), label.c_str());
    for (const double score : scores) line += integers ? text(" %.0f", score) : text(" %g", score);
    print(line);
  }

  const Model& model_;
  PictureOutput output_;
  std::string path_;
  bool json_;
  std::int64_t steps_ = 0;
  std::map<std::string, std::vector<Tensor>> kept_;
  Json results_ = Json::array();
};

}  // namespace

Result<std::unique_ptr<StreamOutput>> filmOutput(const Model& model, const PictureOutput& output,
                                                 const StreamInput& input,
                                                 const std::string& path) {
  if (!covers(model)) return unevenError(model);
  return std::unique_ptr<StreamOutput>(
      std::make_unique<FilmOutput>(model.outputs()[0], output, input.film(), path));
}

std::unique_ptr<StreamOutput> numbersOutput(const Model& model, const PictureOutput& output,
                                            const std::string& path, bool json) {
  return std::make_unique<NumbersOutput>(model, output, path, json);
}

}  // namespace glint::cli
