#include "apps/glint/stream_files.h"

#include <filesystem>
#include <string>
#include <vector>

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

}  // namespace

Status checkFiles(const StreamOptions& options) {
  std::vector<std::string> read = options.inputs;
  read.push_back(options.model);
  GLINT_TRY(notRead(options.snapshot, read));
  read.push_back(options.restore);
  GLINT_TRY(notRead(options.output, read));
  if (!sameFile(options.output, options.snapshot)) return {};
  return Error{Errc::Value, "-o " + options.output + " and --snapshot " + options.snapshot +
                                " are one file; write to two"};
}

}  // namespace glint::cli
