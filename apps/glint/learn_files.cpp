#include <algorithm>
#include <cctype>
#include <filesystem>
#include <utility>

#include "apps/glint/learn.h"
#include "apps/glint/output.h"
#include "apps/glint/picture/image.h"

namespace glint::cli {
namespace {

namespace fs = std::filesystem;

bool same(const std::string& a, const std::string& b) {
  std::error_code failure;
  return fs::path(a).lexically_normal() == fs::path(b).lexically_normal() ||
         fs::equivalent(a, b, failure);
}

/// Whether it is the model or one of the pictures, by whatever path.
bool isRead(const std::string& path, const LearnOptions& options) {
  if (same(path, options.model)) return true;
  std::error_code failure;
  if (!fs::exists(path, failure)) return false;
  for (const std::string& folder : options.folders) {
    for (auto at = fs::directory_iterator(folder, failure);
         !failure && at != fs::directory_iterator(); at.increment(failure)) {
      if (same(path, at->path().string())) return true;
    }
  }
  return false;
}

void checkNames(const LearnOptions& options) {
  std::string suffix = fs::path(options.output).extension().string();
  std::transform(suffix.begin(), suffix.end(), suffix.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (suffix != ".glint") {
    throw WrongUse{"-o " + options.output + ": a model is written as .glint"};
  }
  if (const auto format = picture::formatOf(options.plot); !format.ok()) {
    throw WrongUse{"--plot " + format.error().message};
  }
}

}  // namespace

Status checkFiles(const LearnOptions& options) {
  checkNames(options);
  std::vector<std::string> written{options.output};
  if (options.heldOut > 0) written.push_back(options.plot);
  for (const std::string& path : written) {
    std::error_code failure;
    const fs::path folder = fs::path(path).parent_path();
    if (!folder.empty() && !fs::is_directory(folder, failure)) {
      return Error{Errc::File, path + ": the folder " + folder.string() + " does not exist"};
    }
    if (isRead(path, options)) {
      return Error{Errc::Value, path + " would overwrite what is read; write to another file"};
    }
  }
  if (written.size() > 1 && same(options.output, options.plot)) {
    return Error{Errc::Value, "-o and --plot name the same file, " + options.output};
  }
  for (const std::string& path : written) {
    std::error_code failure;
    if (fs::exists(path, failure) && !options.force) {
      return Error{Errc::File, path + ": exists; --force replaces it"};
    }
  }
  return {};
}

}  // namespace glint::cli
