#pragma once

#include <functional>
#include <string_view>

namespace glint {

enum class LogLevel { Debug, Info, Warning };

/// Where the library reports what is worth knowing but is no error. Empty: nothing is reported.
/// The library never prints; programs inject a sink.
using LogSink = std::function<void(LogLevel, std::string_view)>;

}  // namespace glint
