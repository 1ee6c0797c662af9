#include "apps/glint/stream_files.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <unistd.h>
#include <vector>

#include "apps/glint/arrays.h"

namespace glint::cli {
namespace {

namespace fs = std::filesystem;

/// Whether two names are of one file, which need not exist yet.
bool sameFile(const std::string& one, const std::string& other) {
  std::error_code failure;
  if (one.empty() || other.empty()) return false;
  if (fs::equivalent(one, other, failure)) return true;
  const fs::path whole = fs::weakly_canonical(fs::absolute(one, failure), failure);
  return !failure && whole == fs::weakly_canonical(fs::absolute(other, failure), failure);
}

Status notRead(const std::string& written, const std::vector<std::string>& read) {
  for (const std::string& other : read) {
    if (!sameFile(written, other)) continue;
    return Error{Errc::Value, written + " would overwrite what is read; write to another file"};
  }
  return {};
}

Error unwritable(const std::string& path, const std::string& reason) {
  return {Errc::File, "cannot write '" + path + "': " + reason};
}

/// `replaced`: a new file takes the place of the old one, which the folder has to allow.
Status checkWritable(const std::string& path, bool replaced) {
  std::error_code failure;
  if (path.empty()) return {};
  const fs::path parent = fs::path(path).parent_path();
  const std::string folder = parent.empty() ? "." : parent.string();
  if (!fs::is_directory(folder, failure)) return unwritable(path, "there is no folder " + folder);
  const bool exists = fs::exists(path, failure);
  if (exists &&
      (fs::is_directory(path, failure) || (replaced && !fs::is_regular_file(path, failure)))) {
    return unwritable(path, "not a regular file");
  }
  const std::string& changed = exists && !replaced ? path : folder;
  if (access(changed.c_str(), W_OK) == 0) return {};
  return unwritable(path, changed + ": " + std::strerror(errno));
}

}  // namespace

std::string inputName(const StreamOptions& options) {
  const bool piped = options.inputs.empty() || options.inputs[0] == "-";
  return piped ? "standard input" : options.inputs[0];
}

Status checkFiles(const StreamOptions& options) {
  std::vector<std::string> read = options.inputs;
  read.push_back(options.model);
  GLINT_TRY(notRead(options.snapshot, read));
  read.push_back(options.restore);
  GLINT_TRY(notRead(options.output, read));
  if (sameFile(options.output, options.snapshot)) {
    return Error{Errc::Value, "-o " + options.output + " and --snapshot " + options.snapshot +
                                  " are one file; write to two"};
  }
  GLINT_TRY(checkWritable(options.snapshot, true));
  return checkWritable(options.output, isArrayFile(options.output));
}

}  // namespace glint::cli
