#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"

namespace glint {

/// The bytes of a file. Errors: File, naming `path` and the system's reason.
Result<std::vector<std::byte>> readFile(const std::string& path);

/// Writes through a temporary name beside `path` and a rename: all or nothing.
Status writeFile(const std::string& path, std::span<const std::byte> bytes);

}  // namespace glint
