/// Linked programs kept on disk between runs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gpu/program.h"
#include "gpu/program_cache_file.h"

namespace glint::gpu {

/// What the cache did so far.
struct ProgramCacheCounters {
  std::int64_t hits = 0;      ///< Programs loaded from disk.
  std::int64_t misses = 0;    ///< No usable entry.
  std::int64_t rejected = 0;  ///< Entries ignored: damaged, foreign or refused by the driver.
  std::int64_t stored = 0;    ///< Entries written.
};

/// One file per program, named by a hash of driver, engine version and sources. Whatever is wrong
/// with the directory or a file costs a compilation, never an error.
class ProgramCache {
 public:
  /// $XDG_CACHE_HOME/glint, else $HOME/.cache/glint, else empty.
  static std::string defaultDirectory();

  /// Makes the directory if need be. Off (with one log line, if a directory was asked for) when
  /// it cannot be written or the driver saves no programs; an empty directory means off.
  ProgramCache(Context& context, std::string directory, std::string_view engineVersion);

  /// Loads the program, or compiles and stores it. Errors: those of Program::create.
  Result<Program> get(std::string_view vertexSource, std::string_view fragmentSource,
                      std::string_view label);
  /// Loads the program only; an empty Program when there is none.
  Program load(std::string_view vertexSource, std::string_view fragmentSource,
               std::string_view label);
  /// Writes a program compiled elsewhere from these sources.
  void store(const Program& program, std::string_view vertexSource,
             std::string_view fragmentSource);

  bool enabled() const { return enabled_; }
  const std::string& directory() const { return directory_; }
  const ProgramCacheCounters& counters() const { return counters_; }

 private:
  CacheKey keyOf(std::string_view vertexSource, std::string_view fragmentSource) const;
  std::string pathOf(const CacheKey& key) const;
  void turnOff(const std::string& reason);

  Context* context_;
  std::string directory_;
  std::string identity_;
  bool enabled_ = false;
  ProgramCacheCounters counters_;
};

}  // namespace glint::gpu
