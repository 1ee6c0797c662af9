#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/safetensors.h"
#include "nnets/graph/model.h"

namespace glint {

/// A model from the contents of a .glint file (docs/file-format.md). Tensors whose first path
/// element is no layer's name belong to test vectors (in/, out/, predict/, state/, exact/) and are
/// skipped when the file has `vector` metadata, else they are an error. Errors name layer, tensor
/// and values; nothing is half-loaded.
Result<Model> modelFromSafeTensors(const SafeTensors& file);

/// The inverse: metadata `glint` and one tensor `<layer>/<variable>` for each variable.
SafeTensors modelToSafeTensors(const Model& model);

/// The same as the image of a file, in memory. Errors: as those of loadModel, without a path.
Result<Model> modelFromBytes(std::span<const std::byte> bytes);
std::vector<std::byte> modelToBytes(const Model& model);

/// Reads the container of a model or vector file; errors begin with `path`. A file without a
/// safetensors header, such as a BrainChip .fbz, is refused with advice.
Result<SafeTensors> readModelContainer(const std::string& path);

/// Error (Format) of a file whose model has no layers.
Status checkNotEmpty(const Model& model);

/// Reads and checks a file, a model, a description of one (model_description.h) or a recorded run
/// of sinabs (sinabs_vector.h), whose network it takes; errors begin with `path`. Any file name
/// will do: what counts is the content.
Result<Model> loadModel(const std::string& path);
Status saveModel(const Model& model, const std::string& path);

}  // namespace glint
