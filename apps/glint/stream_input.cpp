#include "apps/glint/stream_input.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "apps/glint/arrays.h"
#include "apps/glint/picture_model.h"
#include "nnets/formats/vector_file.h"

namespace glint::cli {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 16;

struct CloseFile {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

std::string sizeText(std::int64_t width, std::int64_t height) {
  return std::to_string(width) + "x" + std::to_string(height);
}

/// What the model file says of pictures, and the model bound to `width` by `height`.
Result<Colour> bindToFrames(Model& model, int width, int height) {
  GLINT_ASSIGN(const std::optional<PictureInput> input, pictureInput(model));
  if (!input) {
    return Error{Errc::Value,
                 "the model file does not say how a picture becomes its input; feed it with steps "
                 "in .npy, .safetensors or --raw"};
  }
  const TensorType& feed = model.inputTypes(model.feeds()[0])[0];
  if (feed.x() == height && feed.y() == width) return input->colour;
  if (!model.fullyConvolutional()) {
    return Error{Errc::Value, "frames have " + sizeText(width, height) +
                                  " pixels, but the model takes " + sizeText(feed.y(), feed.x()) +
                                  " only; with ffmpeg: -vf scale=" + std::to_string(feed.y()) +
                                  ":" + std::to_string(feed.x())};
  }
  GLINT_ASSIGN(model, model.withExtent(height, width));
  return input->colour;
}

Tensor codesOf(const video::Frame& frame, Colour colour) {
  const picture::Image image = colour == Colour::Rgb ? video::rgbOf(frame) : frame.y;
  return Tensor::of(Shape{image.height, image.width, image.channels}, image.pixels);
}

class FilmInput : public StreamInput {
 public:
  FilmInput(File file, video::Y4mReader reader, Colour colour)
      : file_(std::move(file)), reader_(std::move(reader)), colour_(colour) {}

  Result<std::optional<StreamStep>> next() override {
    GLINT_ASSIGN(std::optional<video::Frame> frame, reader_.next());
    if (!frame) return std::optional<StreamStep>();
    StreamStep step{{codesOf(*frame, colour_)}, std::move(frame)};
    return std::optional<StreamStep>(std::move(step));
  }
  bool framed() const override { return true; }
  const video::Format* film() const override { return &reader_.format(); }
  std::string describe() const override {
    const video::Format& format = reader_.format();
    return "film of " + sizeText(format.width, format.height) + ", C" + format.colour + ", " +
           format.rate + " frames per second";
  }

 private:
  File file_;
  video::Y4mReader reader_;
  Colour colour_;
};

class PicturesInput : public StreamInput {
 public:
  PicturesInput(std::vector<std::string> paths, picture::Image first, Colour colour)
      : paths_(std::move(paths)), first_(std::move(first)), colour_(colour) {}

  Result<std::optional<StreamStep>> next() override {
    if (at_ == paths_.size()) return std::optional<StreamStep>();
    const std::string& path = paths_[at_++];
    GLINT_ASSIGN(const picture::Image image, picture::loadImage(path));
    if (image.width != first_.width || image.height != first_.height ||
        image.hasColour() != first_.hasColour()) {
      return Error{Errc::Value, path + ": is " + sizeText(image.width, image.height) +
                                    (image.hasColour() ? " in colour" : " in gray") +
                                    ", but the first picture is " +
                                    sizeText(first_.width, first_.height) +
                                    (first_.hasColour() ? " in colour" : " in gray")};
    }
    StreamStep step{{cli::codesOf(image, colour_)}, video::frameOf(image)};
    return std::optional<StreamStep>(std::move(step));
  }
  bool framed() const override { return true; }
  std::int64_t length() const override { return static_cast<std::int64_t>(paths_.size()); }
  std::string describe() const override {
    return std::to_string(paths_.size()) + " pictures of " + sizeText(first_.width, first_.height);
  }

 private:
  std::vector<std::string> paths_;
  picture::Image first_;
  Colour colour_;
  std::size_t at_ = 0;
};

class ArrayInput : public StreamInput {
 public:
  explicit ArrayInput(std::vector<Tensor> feeds) : feeds_(std::move(feeds)) {}

  Result<std::optional<StreamStep>> next() override {
    if (at_ == length()) return std::optional<StreamStep>();
    StreamStep step;
    for (const Tensor& feed : feeds_) step.feeds.push_back(sampleOf(feed, at_));
    ++at_;
    return std::optional<StreamStep>(std::move(step));
  }
  std::int64_t length() const override { return feeds_[0].shape()[0]; }
  std::string describe() const override {
    return std::to_string(length()) + " steps, " + std::string(name(feeds_[0].type())) + " " +
           feeds_[0].shape().toString();
  }

 private:
  std::vector<Tensor> feeds_;
  std::int64_t at_ = 0;
};

class RawInput : public StreamInput {
 public:
  RawInput(File file, std::string name, const TensorType& type)
      : file_(std::move(file)), name_(std::move(name)), type_(type) {}

  Result<std::optional<StreamStep>> next() override {
    Tensor feed(type_.isFloat ? DType::F32 : type_.dtype(), type_.shape);
    const std::size_t count = std::fread(feed.bytes().data(), 1, feed.bytes().size(), file_.get());
    if (count == 0) return std::optional<StreamStep>();
    if (count < feed.bytes().size()) {
      return Error{Errc::Format, name_ + ": step " + std::to_string(steps_) +
                                     " is truncated: " + std::to_string(count) + " of " +
                                     std::to_string(feed.bytes().size()) + " bytes"};
    }
    ++steps_;
    StreamStep step;
    step.feeds.push_back(std::move(feed));
    return std::optional<StreamStep>(std::move(step));
  }
  std::string describe() const override { return "raw steps of " + type_.toString(); }

 private:
  File file_;
  std::string name_;
  TensorType type_;
  std::int64_t steps_ = 0;
};

Result<std::vector<std::byte>> restOf(std::FILE* file, const std::string& name) {
  std::vector<std::byte> bytes;
  for (std::size_t count = kChunk; count == kChunk;) {
    const std::size_t size = bytes.size();
    bytes.resize(size + kChunk);
    count = std::fread(bytes.data() + size, 1, kChunk, file);
    bytes.resize(size + count);
  }
  if (std::ferror(file) != 0) return Error{Errc::File, name + ": " + std::strerror(errno)};
  return bytes;
}

Result<std::unique_ptr<StreamInput>> openFilm(File file, const std::string& name, Model& model) {
  GLINT_ASSIGN(video::Y4mReader reader, video::Y4mReader::open(file.get(), name));
  const video::Format& format = reader.format();
  Result<Colour> colour = bindToFrames(model, format.width, format.height);
  if (!colour.ok()) return within(name, colour.error());
  return std::unique_ptr<StreamInput>(
      std::make_unique<FilmInput>(std::move(file), std::move(reader), *colour));
}

Result<std::unique_ptr<StreamInput>> openPictures(std::vector<std::string> paths, Model& model) {
  GLINT_ASSIGN(picture::Image first, picture::loadImage(paths[0]));
  Result<Colour> colour = bindToFrames(model, first.width, first.height);
  if (!colour.ok()) return within(paths[0], colour.error());
  return std::unique_ptr<StreamInput>(
      std::make_unique<PicturesInput>(std::move(paths), std::move(first), *colour));
}

Result<std::unique_ptr<StreamInput>> openArrays(std::vector<Tensor> feeds, const std::string& name,
                                                Model& model) {
  Result<Model> bound = bindToFeeds(model, feeds);
  if (!bound.ok()) return within(name, bound.error());
  model = std::move(bound).value();
  return std::unique_ptr<StreamInput>(std::make_unique<ArrayInput>(std::move(feeds)));
}

Result<std::unique_ptr<StreamInput>> openRaw(File file, const std::string& name,
                                             const Model& model) {
  const std::vector<int> feeds = model.feeds();
  if (feeds.size() != 1) {
    return Error{Errc::Value, name + ": the model has " + std::to_string(feeds.size()) +
                                  " inputs; raw steps feed a model with one, use .safetensors"};
  }
  return std::unique_ptr<StreamInput>(
      std::make_unique<RawInput>(std::move(file), name, model.inputTypes(feeds[0])[0]));
}

/// The pictures in a folder, by name.
Result<std::vector<std::string>> picturesIn(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failure)) {
    if (picture::formatOf(entry.path().string()).ok()) paths.push_back(entry.path().string());
  }
  if (failure) return Error{Errc::File, folder + ": " + failure.message()};
  if (paths.empty()) return Error{Errc::File, folder + ": holds no .png or .jpg"};
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

Result<std::unique_ptr<StreamInput>> openStreamInput(const std::vector<std::string>& paths,
                                                     bool raw, Model& model) {
  const std::string path = paths.empty() ? "-" : paths[0];
  std::error_code failure;
  if (paths.size() == 1 && std::filesystem::is_directory(path, failure)) {
    GLINT_ASSIGN(std::vector<std::string> pictures, picturesIn(path));
    return openPictures(std::move(pictures), model);
  }
  const bool pictures = !raw && picture::formatOf(path).ok();
  if (pictures) return openPictures(paths, model);
  if (paths.size() > 1) {
    return Error{Errc::Value, paths[1] + ": several inputs have to be pictures, .png or .jpg"};
  }
  if (!raw && path != "-" && isArrayFile(path)) {
    GLINT_ASSIGN(std::vector<Tensor> feeds, loadFeeds(path, model));
    return openArrays(std::move(feeds), path, model);
  }
  const std::string name = path == "-" ? "standard input" : path;
  File file(path == "-" ? stdin : std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return Error{Errc::File, path + ": " + std::strerror(errno)};
  if (raw) return openRaw(std::move(file), name, model);
  const int first = std::fgetc(file.get());
  if (first != EOF) std::ungetc(first, file.get());
  if (first != 0x93) return openFilm(std::move(file), name, model);
  GLINT_ASSIGN(const std::vector<std::byte> bytes, restOf(file.get(), name));
  GLINT_ASSIGN(std::vector<Tensor> feeds, parseFeeds(bytes, name, model));
  return openArrays(std::move(feeds), name, model);
}

}  // namespace glint::cli
