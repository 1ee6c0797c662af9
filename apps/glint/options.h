#pragma once

#include <functional>
#include <string>

#include "core/result.h"
#include "nnets/graph/model.h"
#include "nnets/schedule/schedule.h"

namespace CLI {
class App;
}

namespace glint::cli {

inline constexpr int kDone = 0, kFailed = 1, kWrongUse = 2;

/// What every command takes.
struct CommonOptions {
  std::string backend = "gpu";
  std::string device;   ///< name or index; empty: the best there is
  int es = 0;           ///< OpenGL ES version, 2 or 3; 0: 3 where there is one
  int drawBuffers = 0;  ///< 0: as many as the device has
  bool json = false;
  std::string cache;  ///< folder of compiled programs; empty: the default one
  bool noCache = false;
  std::string placement = "auto";
  std::string texels = "auto";

  bool onReference() const { return backend == "reference"; }
  /// The folder of compiled programs, or empty.
  std::string cacheDirectory() const;
  /// `mapping` with what the flags force.
  MappingOptions mapping(MappingOptions mapping) const;
};

/// What the command line asked for: the job, and its options.
struct Invocation {
  std::function<Result<int>()> job;  ///< gives the exit status
  const CommonOptions* common = nullptr;
};

/// Adds the common flags to a command.
void addCommonOptions(CLI::App& command, CommonOptions& options);

/// Width and height as pictures have them; the model's x is the height.
struct Size {
  int width = 0;
  int height = 0;
  bool given() const { return width > 0; }
};

/// Adds --size WxH (or one number for a square).
void addSizeOption(CLI::App& command, Size& size, const std::string& description);

/// Parses "640x480" or "256". Error (Value).
Result<Size> parseSize(const std::string& text);

/// Reads the model and binds it to `size` if that is given. Errors name `path`.
Result<Model> loadModelAt(const std::string& path, const Size& size);

/// "InputConv2D": whether the type works on the host by definition (InputData, Quantizer,
/// Dequantizer).
bool isHostEdge(std::string_view type);

}  // namespace glint::cli
