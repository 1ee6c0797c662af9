#include "apps/glint/learn_pictures.h"

#include <algorithm>
#include <cassert>
#include <cctype>
#include <filesystem>

#include "apps/glint/picture/resize.h"

namespace glint::cli {
namespace {

namespace fs = std::filesystem;

bool isPictureName(const fs::path& path) {
  std::string suffix = path.extension().string();
  std::transform(suffix.begin(), suffix.end(), suffix.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return suffix == ".png" || suffix == ".jpg" || suffix == ".jpeg";
}

/// The pictures of a folder, in the order of their names.
Result<std::vector<std::string>> pictureFiles(const std::string& folder) {
  std::error_code failure;
  if (!fs::is_directory(folder, failure)) {
    return Error{Errc::File, folder +
                                 ": there is no such folder; each class is a folder of "
                                 "pictures, called as the class"};
  }
  std::vector<std::string> files;
  for (auto at = fs::directory_iterator(folder, failure);
       !failure && at != fs::directory_iterator(); at.increment(failure)) {
    if (isPictureName(at->path())) files.push_back(at->path().string());
  }
  if (failure) return Error{Errc::File, folder + ": " + failure.message()};
  if (files.empty()) {
    return Error{Errc::Value, folder + ": holds no picture, legal: .png, .jpg and .jpeg files"};
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Tensor centralCodes(const picture::Image& image, const PictureForm& form) {
  // The largest part of the form's shape, from the middle.
  int width = image.width, height = image.height;
  const auto across = static_cast<std::int64_t>(image.width) * form.height;
  const auto down = static_cast<std::int64_t>(image.height) * form.width;
  if (across > down) width = std::max(static_cast<int>(down / form.height), 1);
  if (down > across) height = std::max(static_cast<int>(across / form.width), 1);
  picture::Image part =
      picture::crop(image, (image.width - width) / 2, (image.height - height) / 2, width, height);
  if (part.width != form.width || part.height != form.height) {
    part = picture::resizeBicubic(part, form.width, form.height);
  }
  return codesOf(part, form.colour);
}

Result<PictureClass> loadClass(const std::string& folder, const PictureForm& form, bool skip) {
  GLINT_ASSIGN(const std::vector<std::string> files, pictureFiles(folder));
  PictureClass loaded;
  loaded.name = fs::absolute(fs::path(folder)).lexically_normal().filename().string();
  if (loaded.name.empty()) {
    loaded.name = fs::absolute(fs::path(folder)).lexically_normal().parent_path().filename();
  }
  for (const std::string& file : files) {
    const Result<picture::Image> image = picture::loadImage(file);
    if (image.ok()) {
      const bool fits = image->width == form.width && image->height == form.height;
      loaded.resized += fits ? 0 : 1;
      loaded.codes.push_back(centralCodes(*image, form));
    } else if (skip) {
      loaded.skipped.push_back(image.error().message);
    } else {
      return Error{image.error().code,
                   image.error().message + "; --skip-unreadable leaves such files out"};
    }
  }
  if (loaded.codes.empty()) {
    return Error{Errc::Value, folder + ": none of its pictures can be read"};
  }
  return loaded;
}

Examples examplesOf(const std::vector<PictureClass>& classes, const std::vector<int>& labels,
                    std::size_t first, std::size_t last) {
  std::vector<const Tensor*> chosen;
  Examples examples;
  for (std::size_t i = first; i < last; ++i) {
    for (std::size_t c = 0; c < classes.size(); ++c) {
      if (i >= classes[c].codes.size()) continue;
      chosen.push_back(&classes[c].codes[i]);
      examples.labels.push_back(labels[c]);
    }
  }
  Shape shape{static_cast<std::int64_t>(chosen.size())};
  assert(!chosen.empty());
  for (int axis = 0; axis < 3; ++axis) shape.append(chosen.front()->shape()[axis]);
  examples.inputs = Tensor(DType::U8, shape);
  auto out = examples.inputs.bytes().begin();
  for (const Tensor* codes : chosen) {
    out = std::copy(codes->bytes().begin(), codes->bytes().end(), out);
  }
  return examples;
}

std::vector<std::size_t> checkpoints(std::size_t most) {
  std::vector<std::size_t> counts;
  for (std::size_t decade = 1; decade < most; decade *= 10) {
    for (const std::size_t factor : {1u, 2u, 5u}) {
      if (factor * decade < most) counts.push_back(factor * decade);
    }
  }
  counts.push_back(most);
  return counts;
}

}  // namespace glint::cli
