#include <cerrno>
#include <chrono>
#include <cstdio>
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

/// What a start took.
struct Start {
  double ms = 0;  ///< from the start of the child to its line on stdout
  int compiled = 0, loaded = 0;
};

/// The line of the child; its first byte ends the time.
constexpr const char* kLine = "first result: %d programs compiled, %d loaded";

Result<Start> timeChild(const BenchOptions& options, const TemporaryFolder& folder) {
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
  Start start;
  std::string line;
  for (char byte = 0;;) {
    const ssize_t got = read(ends[0], &byte, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got != 1) break;
    if (line.empty()) {
      const std::chrono::duration<double, std::milli> passed =
          std::chrono::steady_clock::now() - begin;
      start.ms = passed.count();
    }
    line += byte;
  }
  close(ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  const bool told = std::sscanf(line.c_str(), kLine, &start.compiled, &start.loaded) == 2;
  if (!told || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Error{Errc::Runtime, options.model + ": the run that was to be timed failed, see above"};
  }
  return start;
}

}  // namespace

Result<int> benchStartup(const BenchOptions& options) {
  if (options.common.onReference()) throw WrongUse{"--startup times the GPU backend"};
  Progress progress;
  std::vector<double> cold, warm;
  Start last;
  for (int i = 0; i < kRounds; ++i) {
    progress.show("starting", i, kRounds);
    GLINT_ASSIGN(const auto folder, TemporaryFolder::create());
    for (std::vector<double>* times : {&cold, &warm}) {
      GLINT_ASSIGN(last, timeChild(options, *folder));
      times->push_back(last.ms);
    }
  }
  progress.clear();
  if (!options.common.json) {
    print(text("process start to first result, median of %d:", kRounds));
    print("cold      " + milliseconds(medianOf(cold)) +
          " ms, with empty caches (ours, the driver's)");
    print("warm      " + milliseconds(medianOf(warm)) +
          text(" ms, with the caches that the first run left: %d programs compiled, %d loaded",
               last.compiled, last.loaded));
    return kDone;
  }
  Json json = Json::object();
  json.set("model", options.model);
  json.set("cold_ms", medianOf(cold));
  json.set("warm_ms", medianOf(warm));
  json.set("warm_programs_compiled", last.compiled);
  json.set("warm_programs_loaded", last.loaded);
  json.set("rounds", kRounds);
  printJson(json);
  return kDone;
}

Result<int> firstResult(const BenchOptions& options) {
  GLINT_ASSIGN(const Model model, loadModelAt(options.model, options.size));
  GLINT_ASSIGN(const Device device, openDevice(options.common));
  Progress progress;
  SessionOptions wanted = sessionOptions(device, options.common, progress);
  specialiseOn(device, options.common, wanted);
  device.context->counters() = {};  // without the self-test's
  GLINT_ASSIGN(const std::unique_ptr<Session> session,
               Session::create(*device.context, model, std::move(wanted)));
  progress.clear();
  GLINT_TRY(session->run(zeroFeeds(model)));
  const gpu::Counters& counters = device.context->counters();
  print(text(kLine, static_cast<int>(counters.programsCompiled),
             static_cast<int>(counters.programsLoaded)));
  return kDone;
}

}  // namespace glint::cli
