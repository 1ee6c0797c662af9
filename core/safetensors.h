#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/tensor.h"

namespace glint {

/// The contents of a safetensors file: named tensors, and a flat map of texts.
/// Source: the format description of the safetensors project, version 0.4 and later.
struct SafeTensors {
  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// Parses a whole file image. Errors (Format): truncated or oversized header, JSON errors, unknown
/// dtype, a byte range that is out of the file, overlaps another, leaves a hole or disagrees with
/// the shape. Nothing is read outside `bytes`.
Result<SafeTensors> parseSafeTensors(std::span<const std::byte> bytes);

/// The file image; tensors are laid out by dtype (I64 first), then by name, as the reference
/// implementation does, so equal contents give equal bytes.
std::vector<std::byte> serializeSafeTensors(const SafeTensors& contents);

/// Reads a file; errors name `path`.
Result<SafeTensors> readSafeTensors(const std::string& path);

/// Writes a file through a temporary name beside it and a rename, so that `path` holds either its
/// old contents or all of the new ones.
Status writeSafeTensors(const std::string& path, const SafeTensors& contents);

}  // namespace glint
