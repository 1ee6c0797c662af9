#include "core/file.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

namespace glint {
namespace {

namespace fs = std::filesystem;

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Closer>;

Error fileError(const char* action, const std::string& path, const std::error_code& reason) {
  return {Errc::File, std::string("cannot ") + action + " '" + path + "': " + reason.message()};
}

std::error_code systemReason() { return {errno, std::generic_category()}; }

/// A file that exists, with links followed: what the rename replaces is the file, not the link.
Result<std::string> resolveTarget(const std::string& path) {
  std::error_code reason;
  if (fs::is_symlink(path, reason)) {
    const fs::path target = fs::canonical(path, reason);
    if (reason) return fileError("follow the link", path, reason);
    return resolveTarget(target.string());
  }
  const fs::file_status status = fs::status(path, reason);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    return Error{Errc::File, "cannot write '" + path + "': not a regular file"};
  }
  return path;
}

/// Opens a new file beside `path` and sets `name` to its name. Null, with errno set, on failure.
File openBeside(const std::string& path, std::string& name) {
  constexpr int kAttempts = 1000;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    name = path + ".tmp" + std::to_string(attempt);
    File file(std::fopen(name.c_str(), "wbx"));
    if (file || errno != EEXIST) return file;
  }
  return nullptr;
}

std::error_code writeAndClose(File file, std::span<const std::byte> bytes) {
  // No call for no bytes: their address may be null.
  if (!bytes.empty() && std::fwrite(bytes.data(), 1, bytes.size(), file.get()) != bytes.size()) {
    return systemReason();
  }
  return std::fclose(file.release()) == 0 ? std::error_code() : systemReason();
}

/// Gives `to` the permissions of `from`, if there is such a file.
void copyPermissions(const std::string& from, const std::string& to) {
  std::error_code ignored;
  const fs::file_status status = fs::status(from, ignored);
  if (fs::exists(status)) fs::permissions(to, status.permissions(), ignored);
}

}  // namespace

Result<std::vector<std::byte>> readFile(const std::string& path) {
  const File file(std::fopen(path.c_str(), "rb"));
  if (!file) return fileError("open", path, systemReason());
  std::vector<std::byte> bytes;
  // Not by the size the system tells: it is 0 for pipes, and the file may change meanwhile.
  std::size_t used = 0;
  for (std::size_t chunk = 64 * 1024;; chunk *= 2) {
    bytes.resize(used + chunk);
    used += std::fread(bytes.data() + used, 1, chunk, file.get());
    if (used < bytes.size()) break;
  }
  if (std::ferror(file.get()) != 0) return fileError("read", path, systemReason());
  bytes.resize(used);
  bytes.shrink_to_fit();
  return bytes;
}

Status writeFile(const std::string& path, std::span<const std::byte> bytes) {
  GLINT_ASSIGN(const std::string target, resolveTarget(path));
  std::string temporary;
  File file = openBeside(target, temporary);
  if (!file) return fileError("write", path, systemReason());

  std::error_code reason = writeAndClose(std::move(file), bytes);
  if (!reason) {
    copyPermissions(target, temporary);
    fs::rename(temporary, target, reason);
  }
  if (!reason) return {};
  std::remove(temporary.c_str());
  return fileError("write", path, reason);
}

}  // namespace glint
