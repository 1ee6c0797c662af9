#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "apps/glint/bench.h"
#include "apps/glint/output.h"
#include "apps/glint/run.h"

extern char** environ;

namespace glint::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kRounds = 3;

/// A folder that goes with all it holds.
class TemporaryFolder {
 public:
  static Result<std::unique_ptr<TemporaryFolder>> create() {
    std::error_code failure;
    const fs::path parent = fs::temp_directory_path(failure);
    std::string name = (failure ? fs::path("/tmp") : parent) / "glint-startup-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) {
      return Error{Errc::File, name + ": no temporary folder can be made: " + std::strerror(errno)};
    }
    return std::unique_ptr<TemporaryFolder>(new TemporaryFolder(name));
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string inside(const char* name) const { return (path_ / name).string(); }

 private:
  explicit TemporaryFolder(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

std::vector<char*> pointersTo(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& one : texts) pointers.push_back(one.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// This environment with the driver's own shader caches in `folder`.
std::vector<std::string> environmentIn(const TemporaryFolder& folder) {
  const std::vector<std::string> own{"MESA_SHADER_CACHE_DIR=" + folder.inside("mesa"),
                                     "MESA_GLSL_CACHE_DIR=" + folder.inside("mesa"),
                                     "__GL_SHADER_DISK_CACHE_PATH=" + folder.inside("driver"),
                                     "XDG_CACHE_HOME=" + folder.inside("xdg")};
  std::vector<std::string> all = own;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text(*entry);
    const std::string key = text.substr(0, text.find('=') + 1);
    bool replaced = false;
    for (const std::string& mine : own) replaced = replaced || mine.rfind(key, 0) == 0;
    if (!replaced) all.push_back(text);
  }
  return all;
}

std::vector<std::string> argumentsFor(const BenchOptions& options, const TemporaryFolder& folder) {
  std::vector<std::string> arguments{"glint",       "bench",
                                     options.model, "--first-result",
                                     "--cache",     folder.inside("glint"),
                                     "--placement", options.common.placement,
                                     "--texels",    options.common.texels};
  const auto add = [&](const std::string& flag, const std::string& value) {
    arguments.push_back(flag);
    arguments.push_back(value);
  };
  if (options.size.given()) {
    add("--size", text("%dx%d", options.size.width, options.size.height));
  }
  if (!options.common.device.empty()) add("--device", options.common.device);
  if (options.common.es > 0) add("--es", std::to_string(options.common.es));
  if (options.common.drawBuffers > 0) {
    add("--draw-buffers", std::to_string(options.common.drawBuffers));
  }
  return arguments;
}

/// Milliseconds from the start of the child to its line on stdout.
Result<double> timeChild(const BenchOptions& options, const TemporaryFolder& folder) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Error{Errc::Runtime, "no pipe can be made"};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  std::vector<std::string> arguments = argumentsFor(options, folder);
  std::vector<std::string> environment = environmentIn(folder);
  const std::vector<char*> argv = pointersTo(arguments), envp = pointersTo(environment);
  pid_t child = 0;
  const auto begin = std::chrono::steady_clock::now();
  const int failure =
      posix_spawn(&child, "/proc/self/exe", &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (failure != 0) {
    close(ends[0]);
    return Error{Errc::Runtime,
                 std::string("glint cannot start itself: ") + std::strerror(failure)};
  }
  char byte = 0;
  ssize_t got = 0;
  do {
    got = read(ends[0], &byte, 1);
  } while (got < 0 && errno == EINTR);
  const auto end = std::chrono::steady_clock::now();
  close(ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (got != 1 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Error{Errc::Runtime, options.model + ": the run that was to be timed failed, see above"};
  }
  return std::chrono::duration<double, std::milli>(end - begin).count();
}

}  // namespace

Result<int> benchStartup(const BenchOptions& options) {
  if (options.common.onReference()) throw WrongUse{"--startup times the GPU backend"};
  Progress progress;
  std::vector<double> cold, warm;
  for (int i = 0; i < kRounds; ++i) {
    progress.show("starting", i, kRounds);
    GLINT_ASSIGN(const auto folder, TemporaryFolder::create());
    for (std::vector<double>* times : {&cold, &warm}) {
      GLINT_ASSIGN(const double ms, timeChild(options, *folder));
      times->push_back(ms);
    }
  }
  progress.clear();
  if (!options.common.json) {
    print(text("process start to first result, median of %d:", kRounds));
    print("cold      " + milliseconds(medianOf(cold)) +
          " ms, with empty caches (ours, the driver's)");
    print("warm      " + milliseconds(medianOf(warm)) +
          " ms, with the caches that the first run left");
    return kDone;
  }
  Json json = Json::object();
  json.set("model", options.model);
  json.set("cold_ms", medianOf(cold));
  json.set("warm_ms", medianOf(warm));
  json.set("rounds", kRounds);
  printJson(json);
  return kDone;
}

Result<int> firstResult(const BenchOptions& options) {
  GLINT_ASSIGN(const Model model, loadModelAt(options.model, options.size));
  GLINT_ASSIGN(const Device device, openDevice(options.common));
  Progress progress;
  GLINT_ASSIGN(
      const std::unique_ptr<Session> session,
      Session::create(*device.context, model, sessionOptions(device, options.common, progress)));
  progress.clear();
  GLINT_TRY(session->run(zeroFeeds(model)));
  print("first result");
  return kDone;
}

}  // namespace glint::cli
