#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "core/result.h"
#include "nnets/graph/model.h"

/// A network without its weights: the JSON text of a model file (docs/file-format.md) as a file of
/// its own, with variables drawn at random. For benchmarks: bench/ holds some.
namespace glint {

/// Whether a file is a JSON object rather than a safetensors file.
bool isDescription(std::span<const std::byte> file);

/// Reads a description: the text with two more keys. `random`: {"seed": n}, the same seed gives the
/// same model on every platform. In a layer `variables`: the names of those that are drawn, the
/// others stay neutral; without it, those that drawVariables takes to be usual.
/// Errors: those of modelFromHeader and drawVariables; Format: no JSON, or `random` is missing.
Result<Model> modelFromDescription(std::string_view text);

}  // namespace glint
