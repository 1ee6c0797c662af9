#include "gpu/program_cache.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "core/file.h"

namespace glint::gpu {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

std::string ProgramCache::defaultDirectory() {
  // The XDG base directory specification: a relative path is to be ignored.
  const std::string cache = environment("XDG_CACHE_HOME");
  if (!cache.empty() && cache.front() == '/') return cache + "/glint";
  const std::string home = environment("HOME");
  return home.empty() ? std::string() : home + "/.cache/glint";
}

ProgramCache::ProgramCache(Context& context, std::string directory, std::string_view engineVersion)
    : context_(&context), directory_(std::move(directory)) {
  if (directory_.empty()) return;
  const Capabilities& caps = context.capabilities();
  if (!caps.programBinary) {
    turnOff("the driver saves no programs");
    return;
  }
  std::error_code failure;
  std::filesystem::create_directories(directory_, failure);
  if (failure || !std::filesystem::is_directory(directory_, failure)) {
    turnOff(failure ? failure.message() : "not a directory");
    return;
  }
  identity_ = caps.vendor + "\n" + caps.renderer + "\n" + caps.version + "\n" + caps.glslVersion +
              "\n" + std::to_string(caps.esMajor) + "\n" + std::string(engineVersion);
  enabled_ = true;
}

void ProgramCache::turnOff(const std::string& reason) {
  enabled_ = false;
  context_->log(LogLevel::Info, "no program cache in '" + directory_ + "': " + reason);
}

CacheKey ProgramCache::keyOf(std::string_view vertexSource, std::string_view fragmentSource) const {
  return makeCacheKey({identity_, vertexSource, fragmentSource});
}

std::string ProgramCache::pathOf(const CacheKey& key) const {
  return directory_ + "/" + key.toText() + ".glprog";
}

Result<Program> ProgramCache::get(std::string_view vertexSource, std::string_view fragmentSource,
                                  std::string_view label) {
  if (Program cached = load(vertexSource, fragmentSource, label)) return cached;
  GLINT_ASSIGN(Program program, Program::create(*context_, vertexSource, fragmentSource, label));
  store(program, vertexSource, fragmentSource);
  return program;
}

Program ProgramCache::load(std::string_view vertexSource, std::string_view fragmentSource,
                           std::string_view label) {
  if (!enabled_) return {};
  const CacheKey key = keyOf(vertexSource, fragmentSource);
  auto file = readCacheFile(pathOf(key));
  if (file.ok()) {
    auto binary = decodeCacheEntry(key, *file);
    if (binary.ok()) {
      auto program = Program::fromBinary(*context_, *binary, label);
      if (program.ok()) {
        ++counters_.hits;
        return std::move(program).value();
      }
    }
    ++counters_.rejected;
  }
  ++counters_.misses;
  return {};
}

void ProgramCache::store(const Program& program, std::string_view vertexSource,
                         std::string_view fragmentSource) {
  if (!enabled_) return;
  auto binary = program.binary();
  if (!binary.ok()) {
    turnOff(binary.error().message);
    return;
  }
  const CacheKey key = keyOf(vertexSource, fragmentSource);
  if (Status status = writeFile(pathOf(key), encodeCacheEntry(key, *binary)); !status) {
    turnOff(status.error().message);
    return;
  }
  ++counters_.stored;
}

}  // namespace glint::gpu
